"""Where tools may go."""

import os
from urllib.parse import urlsplit

from pentarch.platform.egress import Reach

REACH = "TOOLS_REACH"


def reach() -> Reach:
    """Where tools may go beside the public internet, as the deployment says."""
    return Reach(os.environ.get(REACH, Reach.PUBLIC))


def host_of(url: str) -> str:
    """Empty for what is no address; whoever asks it says so."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
