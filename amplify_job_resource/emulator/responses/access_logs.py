"""The operation on access logs."""

from __future__ import annotations

from typing import Any

from .. import downloads
from ..downloads import Download
from ..exceptions import BadRequestException
from ..s3_answers import shown_now
from .request import AmplifyRequest


class AccessLogResponse(AmplifyRequest):
    """The operation on access logs."""

    def generate_access_logs(self) -> dict[str, Any]:
        """GenerateAccessLogs: the signed address of a CSV, which lists no visits here.

        Raises:
            BadRequestException: the time ends before it begins (AWS's answer is unconfirmed).
        """
        app_id, domain = self._get_param("appId"), self._get_param("domainName")
        self.backend.require_site(app_id, domain)
        starts, ends = self._get_param("startTime"), self._get_param("endTime")
        if starts is not None and ends is not None and ends < starts:
            raise BadRequestException("endTime is before startTime")
        place = Download(self.current_account, self.region, "access-logs", app_id, f"{domain}.csv")
        return {"logUrl": downloads.sign(self._server(), place, shown_now())}
