"""Which regions of cloud providers lie in the European Economic Area, by the providers' own lists of their places.

London and Zurich are not in it: what goes there rests on an adequacy decision, which is not for a scan to follow.
"""

_AWS = (
    "eu-central-1",  # Frankfurt
    "eu-west-1",  # Ireland
    "eu-west-3",  # Paris
    "eu-north-1",  # Stockholm
    "eu-south-1",  # Milan
    "eu-south-2",  # Spain
)
_AZURE = (
    "francecentral",
    "germanywestcentral",
    "italynorth",
    "northeurope",  # Ireland
    "norwayeast",
    "polandcentral",
    "spaincentral",
    "swedencentral",
    "westeurope",  # Netherlands
)
_GOOGLE = (
    "europe-central2",  # Warsaw
    "europe-north1",  # Finland
    "europe-southwest1",  # Madrid
    "europe-west1",  # Belgium
    "europe-west3",  # Frankfurt
    "europe-west4",  # Netherlands
    "europe-west8",  # Milan
    "europe-west9",  # Paris
)
_UNIONS = ("eu", "eea")
_IN_EEA = frozenset({*_AWS, *_AZURE, *_GOOGLE, *_UNIONS})


def is_in_eea(region: str | None) -> bool:
    """Whether a region is known to lie there; one that nobody has told, or that is not listed, does not."""
    return region is not None and region.lower() in _IN_EEA
