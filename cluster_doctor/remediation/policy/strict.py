"""What every part of a policy file has in common: nothing in it is guessed, and nothing unknown is passed over."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

T = TypeVar("T", bound=str)


def _without_nulls(schema: dict[str, Any]) -> None:
    """Say in the published schema what the reader holds to: a key is there with a value, or left out."""
    for name, described in schema.get("properties", {}).items():
        choices = [choice for choice in described.get("anyOf", ()) if choice != {"type": "null"}]
        if len(choices) == 1 and "anyOf" in described:
            rest = {key: value for key, value in described.items() if key not in {"anyOf", "default"}}
            schema["properties"][name] = {**choices[0], **rest}


class Strict(BaseModel):
    """A part of a policy file. A key that is not known is an error, and so is a value of another type."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        validate_by_name=True,
        validate_by_alias=True,
        json_schema_extra=_without_nulls,
    )


def _ordered(values: tuple[T, ...]) -> tuple[T, ...]:
    """Sort what has no order, so that equal policies have equal digests; an empty list would mean nothing."""
    if not values:
        raise ValueError("the list is empty; leave it out, or name something")
    return tuple(sorted(set(values)))


Unordered = AfterValidator(_ordered)
"""Marks a list whose order means nothing."""


def _visible(name: str) -> str:
    if not name.isprintable():
        raise ValueError("it holds characters that nobody sees")
    return name


Name = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=r"^\S(.*\S)?$"), AfterValidator(_visible)]
"""A name that a person gave; one line, and no blank before or after."""

Glob = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:_*?-]{1,253}$")]
"""A name of an object or a namespace, with `*` for any characters and `?` for one."""


def is_pattern(glob: str) -> bool:
    """Whether it can mean more than one name."""
    return "*" in glob or "?" in glob
