"""The pack as Pulumi starts it from a checkout: `pulumi up --policy-pack policy`. It starts a server and does not return."""

import sys
from pathlib import Path

# Pulumi runs this folder by its path, so the repository that holds it is not where modules are looked for.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from policy.start import start

start()
