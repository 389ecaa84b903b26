"""The work of each call about a resource: from the wire to a step of the lifecycle, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2 as rpc

from .._engine.grpc_status import PROVIDER_KEY
from .._engine.methods import error_text
from .._inputs.rules import problems
from .._kind import Kind
from .._lifecycle import RecordedFailure
from .._operation import NATIVE
from .differences import diff_response
from .dynamic_state import as_given
from .inputs import must_be_good, recorded_inputs, with_ignored
from .link import Link
from .properties import answered, is_newly_secret, received
from .resources import Resources
from .results import created_later, failures, found_by_id, updated_later
from .wire import Received, encoded


@dataclass(frozen=True, slots=True)
class Failed:
    """A call that cannot be answered.

    Attributes:
        message: what the user reads.
        saved: a resource that the engine is to save, as an `ErrorResourceInitFailed`.
    """

    message: str
    saved: Any = None


class Steps:
    """The six steps, for all resources of the provider.

    Each method takes the request of the call of its name and gives its response; it raises
    `errors.AmplifyJobError` and `wire.Garbled`.
    """

    def __init__(self, link: Link, resources: Resources) -> None:
        """Serve the engine at the other end of a link."""
        self._link = link
        self._resources = resources

    def check(self, request: Any) -> Any:
        """All that is wrong with the inputs; or the inputs with their defaults."""
        resource = self._resources.of(request.urn)
        operation = self._link.operation(request)
        olds, news = received(request.olds, resource.kind), received(request.news, resource.kind)
        inputs, wrong = recorded_inputs(
            news.properties, olds.properties, resource.kind, operation.warn
        )
        if wrong:
            wrong += problems(inputs, NATIVE.input_name, resource.kind.inputs)
            return rpc.CheckResponse(failures=failures(wrong))
        recorded = _with_recorded_region(olds.properties, request, resource.kind)
        checked, wrong = resource.lifecycle.check(operation, recorded, inputs)
        if wrong:
            return rpc.CheckResponse(failures=failures(wrong))
        return rpc.CheckResponse(inputs=answered(checked, news))

    def diff(self, request: Any) -> Any:
        """Nothing, an update, or a replacement, which is a new release."""
        resource = self._resources.of(request.urn)
        recorded, given = (received(each, resource.kind) for each in (request.olds, request.news))
        olds, news = recorded.properties, given.properties
        news = with_ignored(request.ignoreChanges, olds, news)
        is_dynamic = PROVIDER_KEY in request.olds.fields
        if is_dynamic:
            olds = as_given(olds, news, resource.kind)
        operation = self._link.operation(request)
        change = resource.lifecycle.diff(operation, request.id, olds, news)
        encrypts = is_newly_secret(recorded, given, is_dynamic=is_dynamic)
        return diff_response(change, resource.kind, olds, news, encrypts=encrypts)

    def create(self, request: Any) -> Any:
        """Start exactly one job, follow it, accept it."""
        resource = self._resources.of(request.urn)
        given = received(request.properties, resource.kind)
        must_be_good(given.properties, resource.kind, later=request.preview)
        if request.preview:
            known = created_later(given.properties, resource.kind)
            return rpc.CreateResponse(properties=answered(known, given))
        operation = self._link.operation(request)
        try:
            recorded = resource.lifecycle.create(operation, given.properties)
        except RecordedFailure as failure:
            answer: Any = _saved(failure, given, request.properties)
        else:
            properties = answered(recorded.properties, given)
            answer = rpc.CreateResponse(id=recorded.id, properties=properties)
        operation.answered()
        return answer

    def read(self, request: Any) -> Any:
        """The outputs as they are now; an empty id when the job is gone."""
        resource = self._resources.of(request.urn)
        given = received(request.properties, resource.kind)
        operation = self._link.operation(request)
        recorded = resource.lifecycle.read(operation, request.id, given.properties)
        if recorded is None:
            return rpc.ReadResponse()
        properties, inputs = recorded.properties, request.inputs
        if not given.properties.get("jobId"):
            properties, asked = found_by_id(properties, resource.kind)
            inputs = inputs if inputs.fields else encoded(asked, given.secrets)
        answer = answered(properties, given)
        if PROVIDER_KEY in request.properties.fields:
            # Until something changes, the state is that of the dynamic resource.
            answer.fields[PROVIDER_KEY].CopyFrom(request.properties.fields[PROVIDER_KEY])
        return rpc.ReadResponse(id=recorded.id, properties=answer, inputs=inputs)

    def update(self, request: Any) -> Any:
        """Record labels and policies, and keep waiting; no job is started."""
        resource = self._resources.of(request.urn)
        olds, given = received(request.olds, resource.kind), received(request.news, resource.kind)
        news = replace(
            given, properties=with_ignored(request.ignoreChanges, olds.properties, given.properties)
        )
        must_be_good(news.properties, resource.kind, later=request.preview)
        if request.preview:
            known = updated_later(olds.properties, news.properties, resource.kind)
            return rpc.UpdateResponse(properties=answered(known, news))
        operation = self._link.operation(request)
        try:
            recorded = resource.lifecycle.update(
                operation, request.id, olds.properties, news.properties
            )
        except RecordedFailure as failure:
            answer: Any = _saved(failure, news, request.news)
        else:
            answer = rpc.UpdateResponse(properties=answered(recorded.properties, news))
        operation.answered()
        return answer

    def delete(self, request: Any) -> Any:
        """Stop our own job if it is still active."""
        resource = self._resources.of(request.urn)
        given = received(request.properties, resource.kind)
        operation = self._link.operation(request)
        resource.lifecycle.delete(operation, request.id, given.properties)
        return Empty()


def _saved(failure: RecordedFailure, given: Received, inputs: Struct) -> Failed:
    """A failure that comes with a resource."""
    saved = rpc.ErrorResourceInitFailed(
        id=failure.id, properties=answered(failure.properties, given), inputs=inputs
    )
    return Failed(error_text(failure), saved)


def _with_recorded_region(olds: dict[str, Any], request: Any, kind: Kind) -> dict[str, Any]:
    """The old inputs, with the region of an imported job, which only its outputs have.

    An older engine does not show the outputs to a Check.
    """
    outputs = getattr(request, "old_outputs", None)
    if not olds or "region" in olds or outputs is None:
        return olds
    region = received(outputs, kind).properties.get("region")
    return olds if region is None else {**olds, "region": region}
