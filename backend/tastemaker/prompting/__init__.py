"""What happens to a prompt before it is drawn: styles, alternatives, wildcards, tables of prompts.

Also what is kept of prompts: the history, favourites, styles. Knows no HTTP and no torch.
"""
