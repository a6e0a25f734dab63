"""The program with leases of half a second, for tests that wait for one to run out."""

import sys

from gridhall.__main__ import main
from gridhall.jobs import runner

if __name__ == "__main__":
    runner.LEASE, runner.SIGN_OF_LIFE = 500_000, 0.15
    sys.exit(main())
