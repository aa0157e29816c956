"""Let ``python -m counterpoise`` do what the command ``counterpoise`` does."""

import sys

from counterpoise.cli import main

if __name__ == "__main__":
    sys.exit(main())
