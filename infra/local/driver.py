"""What one can ask of the local stack."""

import fcntl
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from botocore.exceptions import ClientError, EndpointConnectionError, HTTPClientError

import release
from local import build, containers, deploy, dropped, emulator, samples, seed, target, version
from local.clients import Clients
from local.errors import LocalStackError
from local.logs import Follower
from local.place import Place
from local.progress import Progress
from local.stack import Stack
from local.target import Target

RELEASES = "ReleasesBucket"
FINGERPRINT = "/pentarch/local/fingerprint"
"""Kept in the emulator itself, so it always tells about the state that is really there."""


class Driver:
    def __init__(self, place: Place, environ: Mapping[str, str], progress: Progress) -> None:
        self._place = place
        self._environ = environ
        self._progress = progress
        self._profile = deploy.Profile(place.template.parent / "samconfig.toml")
        self._process: subprocess.Popen[bytes] | None = None
        self._made_clients: Clients | None = None

    def up(self) -> Target:
        """Have the stack running as the files say; return what a client needs."""
        if not self._place.template.exists():
            message = f"There is no {self._place.template}."
            raise LocalStackError(message)
        self._place.home.mkdir(parents=True, exist_ok=True)
        with self._alone():
            try:
                return self._up()
            except BaseException:
                if self._process is not None:
                    with _uninterrupted():
                        self.down()
                raise

    def run(self) -> None:
        """Bring the stack up and show its logs until interrupted; then stop what was started here."""
        found = self.up()
        self.show(found)
        try:
            print("The functions' logs follow; Ctrl-C stops the stack.", flush=True)
            stack = Stack(self._clients(), self._profile.stack_name)
            for line in Follower(self._clients(), stack).follow():
                print(line, flush=True)
        except KeyboardInterrupt:
            print()
        except (EndpointConnectionError, HTTPClientError) as error:
            message = f"The emulator ended without being asked to; see {self._place.emulator_log}."
            raise LocalStackError(message) from error
        finally:
            if self._process is not None:
                with _uninterrupted():
                    self.down()
            else:
                self._progress.say("The stack was running before and stays up; `make down` stops it.")

    def down(self) -> None:
        if self._place.external is not None:
            self._progress.say(f"{self._place.external} is not ours to stop.")
            return
        if self._process is not None and self._process.poll() is not None:
            self._process = None  # it ended before it was asked to
        if emulator.running(self._place) is None and self._process is None:
            self._progress.say("Nothing is running.")
            return
        self._progress.say("Stopping; the emulator saves its state.")
        emulator.stop(self._place, self._process)
        self._process = None
        self._progress.say("Stopped.")

    def status(self) -> bool:
        """Say what is there; False when a client could not use it."""
        if not self._adopt_running() and self._place.external is None:
            last = emulator.last_stop(self._place)
            kept = "no state is kept" if last is None else f"state of {_clock(last.at)} is kept"
            print(f"Down ({kept}); `make up` starts it.")
            return False
        now = deploy.status(self._clients(), self._profile.stack_name)
        print(f"Emulator: {self._place.endpoint}")
        print(f"Stack:    {self._profile.stack_name} {now or 'is not deployed'}")
        if now is None or not self._place.target_file.exists():
            return False
        current = self._deployed_fingerprint() == build.fingerprint(self._place)
        print(f"Code:     {'as deployed' if current else 'changed since; `make up` deploys it'}")
        self.show(target.read(self._place.target_file))
        return True

    def event(self, name: str, given: Sequence[str]) -> str:
        """A sample event as it can be sent; `given` are NAME=value for its placeholders."""
        text = samples.read(self._place.template.parent / "events", name)
        values = samples.values(target.read(self._place.target_file))
        return samples.fill(text, values | dict(samples.pair(one) for one in given))

    def release(self, name: str) -> None:
        """Build what the files say now, and upload it to the running stack as a release; nothing is deployed."""
        self._expect_running()
        clients, built = self._clients(), self._place.home / "release"
        self._progress.say("Building the functions and layers.")
        build.build(self._place, self._environ, to=built)
        bucket = Stack(clients, self._profile.stack_name).named(RELEASES).physical_id
        made = version.of_checkout(self._place.template.parent)
        try:
            release.publish(clients["s3"], bucket, built / "template.yaml", name, made)
        except release.ReleaseError as error:
            raise LocalStackError(str(error)) from error
        self._progress.say(f"Release {name} is there; POST /api/v1/update brings it.")

    def variables(self) -> containers.Variables:
        """The variables that each function has in the running stack."""
        self._expect_running()
        stack = Stack(self._clients(), self._profile.stack_name)
        return containers.environment(self._clients(), stack, self._place.endpoint)

    def invoke(self, name: str, given: Sequence[str], *, python: str) -> bool:
        """Answer a sample event in a container; False when the function failed."""
        event, variables = self.event(name, given), self.variables()
        function = samples.function_of(name, variables)
        if function is None:
            message = f"No function's name begins as {name}'s: {', '.join(sorted(variables))}."
            raise LocalStackError(message)
        answer = containers.invoke(
            self._place, self._environ, function=function, event=event, variables=variables, python=python
        )
        print(answer)
        return not containers.is_failure(answer)

    def show(self, found: Target) -> None:
        print(f"\n  Base URL   {found['base_url']}\n  WebSocket  {found['websocket_url']}")
        print(f"  API key    {found['api_key']}\n  Sign-in    {found['username']} / {found['password']}")
        print(f"  All of it  {self._place.target_file}\n\n  {target.curl(found)}\n", flush=True)

    def _up(self) -> Target:
        fingerprint = build.fingerprint(self._place)
        self._start()
        if self._is_deployed(fingerprint):
            self._progress.say("Nothing has changed since the last deployment.")
            deployed = False
        else:
            self._deploy()
            deployed = True
        found = self._seed(fresh=deployed)
        if deployed:
            self._clients()["ssm"].put_parameter(Name=FINGERPRINT, Value=fingerprint, Type="String", Overwrite=True)
            self._save()
        self._progress.say("Ready.")
        return found

    def _start(self) -> None:
        place = self._place
        if place.external is not None:
            if not emulator.answers(place.external):
                message = f"Nothing answers at {place.external} (PENTARCH_ENDPOINT)."
                raise LocalStackError(message)
            return
        if self._adopt_running():
            self._progress.say(f"The emulator is running already on port {self._place.port}.")
            return
        emulator.check_port(place)
        self._progress.say(f"Starting the emulator on port {place.port}; {self._take_stock()}.")
        self._process = emulator.start(place, self._environ)
        emulator.wait_until_ready(place, self._process)

    def _take_stock(self) -> str:
        """Say what state the emulator will find; clear away what a kill left without a single snapshot."""
        last = emulator.last_stop(self._place)
        if last is None or last.at is None:
            emulator.discard_state(self._place)
            return "it has no state yet" if last is None else "it was killed before it could save anything"
        if last.clean:
            return f"its state of {_clock(last.at)} is kept"
        return f"it was killed, so only what it had saved at {_clock(last.at)} is left"

    def _deploy(self) -> None:
        clients, profile = self._clients(), self._profile
        self._place.build_log.unlink(missing_ok=True)
        self._progress.say("Building the functions and layers.")
        build.build(self._place, self._environ)
        self._progress.say("Uploading the build.")
        packaged = build.package(self._place, self._environ, bucket=deploy.make_artifact_bucket(clients))
        self._progress.say(f"Deploying the stack {profile.stack_name}.")
        checkout = self._place.template.parent
        profile.parameters |= {**version.of_checkout(checkout), "DeploymentId": version.deployment_id(checkout)}
        deploy.deploy(clients, profile, packaged)
        stack = Stack(clients, profile.stack_name)
        missing = dropped.apply(clients, stack)
        self._progress.say(
            f"{len(stack.resources)} resources are there; {missing} settings had to be made by API (local/dropped.py)."
        )

    def _is_deployed(self, fingerprint: str) -> bool:
        """A stack that is half there, or gone with a kill, counts as not deployed."""
        whole = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
        return (
            self._deployed_fingerprint() == fingerprint
            and deploy.status(self._clients(), self._profile.stack_name) in whole
        )

    def _deployed_fingerprint(self) -> str | None:
        try:
            return str(self._clients()["ssm"].get_parameter(Name=FINGERPRINT)["Parameter"]["Value"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "ParameterNotFound":
                raise
            return None

    def _seed(self, *, fresh: bool) -> Target:
        """Write the target file; ask for credentials only where they may be missing, as that costs a cold start."""
        clients, stack = self._clients(), Stack(self._clients(), self._profile.stack_name)
        kept = target.read(self._place.target_file)
        if fresh or any(not kept.get(name) for name in target.CREDENTIALS):
            credentials = seed.make_tenant(clients, stack, kept)
            new = credentials["api_key"] != kept.get("api_key")
            self._progress.say("The tenant `local` " + ("has new credentials." if new else "is as it was."))
            if stack.has(seed.MODELS_WORKER):
                state = seed.register_digits(clients, stack, self._place, self._environ)
                self._progress.say(f"The classifier of digits is {state}.")
        else:
            credentials = {name: kept[name] for name in target.CREDENTIALS}
        found = target.addresses(clients, self._place, stack) | credentials
        target.write(self._place.target_file, found)
        models = seed.providers(self._environ)
        if models is not None:
            seed.write_providers(clients, stack, models)
            self._progress.say(f"Language models of {models['providers'][0]['base_url']} are registered.")
        return found

    def _save(self) -> None:
        if self._place.external is None and not emulator.snapshot(self._place):
            self._progress.warn("The emulator could not save its state yet; it tries again by itself.")

    def _expect_running(self) -> None:
        if not self._adopt_running() and self._place.external is None:
            message = "Nothing is running; `make up` starts it."
            raise LocalStackError(message)

    def _adopt_running(self) -> bool:
        """A running emulator decides about host and port, whatever the environment says now."""
        if self._place.external is not None:
            return False
        found = emulator.running(self._place)
        if found is None:
            return False
        self._place = replace(self._place, port=found.port, host=found.host)
        return True

    def _clients(self) -> Clients:
        if self._made_clients is None or self._made_clients.endpoint != self._place.endpoint:
            self._made_clients = Clients(self._place)
        return self._made_clients

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two drivers in one place would deploy over each other."""
        with self._place.driver_lock.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = "Another `make up` or `make run` is at work here; wait for it."
                raise LocalStackError(message) from error
            yield


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """A second Ctrl-C, or the terminal closing on top, must not cut the saving short."""
    before = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _clock(moment: datetime | None) -> str:
    return "an unknown time" if moment is None else moment.strftime("%d %b %H:%M:%S")
