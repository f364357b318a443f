"""Ids of configurations: the type, then a UUID of version 7, so that an id says where it lies and sorts by its time."""

import re
from datetime import datetime

from pentarch.configuration.model import ConfigType
from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7

_FORM = re.compile(rf"({'|'.join(ConfigType)})-[0-9a-f]{{32}}")


def new_config_id(config_type: ConfigType, at: datetime) -> str:
    return f"{config_type}-{uuid7(epoch_ms(at)).replace('-', '')}"


def is_config_id(text: str, config_type: ConfigType | None = None) -> bool:
    found = _FORM.fullmatch(text)
    return found is not None and config_type in (None, found[1])
