"""A policy: which writes are allowed, on whose word.

Denials override: an entry under `deny` holds whatever stands elsewhere, so that nobody has to read the whole file to
know that something is out of reach, and adding one never allows more. Among the entries under `allow` the first one
that is about a step decides, with its limits: the narrow ones ("payments: two people") stand above the wide ones, and
what a narrow one refuses no wide one brings back. What no entry allows is denied.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from cluster_doctor.domain.remediation import Route
from cluster_doctor.domain.spans import span
from cluster_doctor.remediation.policy.entries import AllowEntry, DenyEntry, PolicyRoute
from cluster_doctor.remediation.policy.known import KnownPeople
from cluster_doctor.remediation.policy.limits import Rates
from cluster_doctor.remediation.policy.strict import Glob, Strict

SYSTEM_NAMESPACES = ("kube-*", "openshift", "openshift-*")
"""Namespaces of the platform itself.

Sources: kubernetes.io, "Namespaces": `kube-` is reserved for Kubernetes system namespaces; docs.redhat.com, "Working
with projects": projects that start with `openshift-` and `kube-` are default projects, as is `openshift`.
"""
MOST_ENTRIES = 1000
_A_YEAR = timedelta(days=366)


class Policy(Strict):
    """Which writes are allowed. `docs/policy.schema.json` describes its file.

    Attributes:
        version: of the file's form.
        protected_namespaces: nothing in them is touched on any route; the platform's own by default.
        rate: how often, over all entries.
        people: how those are known who approve from elsewhere: by keys, and by logins on GitHub.
        any_certificate: whether a cluster may present another certificate than when a plan was approved, because the
            members of its control plane have certificates of their own. URL and UID have to match then, and the
            certificate to be signed by the authority that the credentials name.
        github_server: the one server whose logins these are.
        deny: what is out of reach, whatever allows it.
        allow: what is allowed; the first entry that is about a step decides.
    """

    version: Literal[1]
    protected_namespaces: tuple[Glob, ...] = SYSTEM_NAMESPACES
    rate: Rates = Rates()
    people: KnownPeople = Field(default={})
    github_server: Annotated[str, Field(pattern=r"^https?://[a-z0-9.-]+(:[0-9]+)?$")] = "https://github.com"
    any_certificate: bool = False
    deny: Annotated[tuple[DenyEntry, ...], Field(max_length=MOST_ENTRIES)] = ()
    allow: Annotated[tuple[AllowEntry, ...], Field(max_length=MOST_ENTRIES)] = ()

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Policy:
        names = [entry.name for entry in (*self.deny, *self.allow)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two entries are called {twice!r}")
        return self

    @property
    def remembers(self) -> timedelta:
        """How far back writes count: the longest window of a rate, and a year for Nodes that may still be cordoned."""
        rates = [rate for entry in self.allow for rate in (entry.rate.per_object, entry.rate.overall)]
        windows = [rate.window for rate in (self.rate.per_object, self.rate.overall, *rates) if rate]
        return max([*windows, *(span(entry.size.pods_settle) for entry in self.allow), _A_YEAR])

    @property
    def canonical(self) -> dict[str, JsonValue]:
        """The whole of it with its defaults, as a file would have it."""
        return self.model_dump(mode="json", by_alias=True)

    @property
    def effective(self) -> dict[str, JsonValue]:
        """The same without what is left out: a file that reads back as this policy."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    @property
    def digest(self) -> str:
        """SHA-256 of its canonical form; an approval names it, and a change before the write is seen."""
        text = json.dumps(self.canonical, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


DEFAULT_POLICY = Policy(
    version=1,
    allow=(AllowEntry(name="pull requests that one person approved", routes=(PolicyRoute(Route.GITOPS.value),)),),
)
"""What holds where nobody wrote a policy: pull requests only, and nothing of the platform's own."""
