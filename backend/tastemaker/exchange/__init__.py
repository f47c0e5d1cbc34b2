"""Pictures on their way in and out of the gallery, many at once, with all that is known of them.

An export is a zip that ``datasets`` loads as an imagefolder; an import takes such a zip, a folder
or single files. Knows the gallery's tables and blobs, no HTTP and no torch.
"""
