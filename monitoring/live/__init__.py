"""A live account and region: what is deployed around a table and what was measured of it, asked at the rates that AWS allows.

Nothing here changes anything. boto3 is imported when an account is first asked, and heeds AWS_ENDPOINT_URL.
"""

from monitoring.live.account import Account, CallRefused
from monitoring.live.deployed import Deployed, Mapped, read_deployed
from monitoring.live.fit import fits
from monitoring.live.measured import LiveMeasured
from monitoring.live.pace import RATES, Pace

__all__ = ["RATES", "Account", "CallRefused", "Deployed", "LiveMeasured", "Mapped", "Pace", "fits", "read_deployed"]
