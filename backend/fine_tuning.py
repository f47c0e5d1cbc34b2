"""`python fine_tuning.py` learns from your ratings or a dataset; the same as `tastemaker train`."""

import sys

from tastemaker.cli import main

if __name__ == "__main__":
    main(["train", *sys.argv[1:]], prog_name="fine_tuning.py")
