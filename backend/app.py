"""`python app.py` serves the studio; the same as `tastemaker serve`."""

from tastemaker.cli import main

if __name__ == "__main__":
    main(["serve"])
