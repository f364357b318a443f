import argparse
import json
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError

from local import containers
from local.driver import Driver
from local.errors import LocalStackError
from local.place import place_from
from local.progress import Progress

INTERRUPTED = 130
"""What a shell gives a program that Ctrl-C ended."""
HELP = {
    "up": "start, deploy what changed, and leave it running",
    "run": "the same, then follow the logs; Ctrl-C stops it",
    "down": "stop, keeping the state",
    "status": "say what is running",
}
EVENT_HELP = {
    "event": "print a sample event of events/, with the stack's credentials filled in",
    "invoke": "answer a sample event by `sam local invoke`, on the running stack; needs Docker",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole stack on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in HELP.items():
        commands.add_parser(name, help=text)
    commands.add_parser("env", help="print the functions' variables, as `sam local invoke --env-vars` takes them")
    commands.add_parser("release", help="build, and upload it to the running stack as a release").add_argument(
        "version"
    )
    for name, text in EVENT_HELP.items():
        command = commands.add_parser(name, help=text)
        command.add_argument("event", help="the file's name, such as llm-api-generate")
        command.add_argument("values", nargs="*", help="NAME=value for a placeholder ${NAME} of the event")
    commands.choices["invoke"].add_argument(
        "--python", default=containers.DEFAULT_PYTHON, help="version in the container"
    )
    asked = parser.parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    progress = Progress()
    try:
        return _do(asked, Driver(place_from(os.environ), os.environ, progress))
    except LocalStackError as error:
        progress.warn(str(error))
    except (EndpointConnectionError, HTTPClientError) as error:
        progress.warn(f"The emulator does not answer any more: {error}")
    except (BotoCoreError, ClientError) as error:
        progress.warn(f"The emulator answered with an error: {error}")
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # nobody reads on; Python's own exit must not fail
    except KeyboardInterrupt:
        progress.warn("Interrupted.")
        return INTERRUPTED
    return 1


def _do(asked: argparse.Namespace, driver: Driver) -> int:
    match asked.command:
        case "up":
            driver.show(driver.up())
        case "run":
            driver.run()
        case "down":
            driver.down()
        case "status":
            return 0 if driver.status() else 1
        case "env":
            print(json.dumps(driver.variables(), indent=2))
        case "release":
            driver.release(asked.version)
        case "event":
            print(driver.event(asked.event, asked.values))
        case "invoke":
            return 0 if driver.invoke(asked.event, asked.values, python=asked.python) else 1
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """A closed terminal or a `kill` ends the driver as Ctrl-C does, so that the state is saved."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
