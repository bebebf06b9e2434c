"""An account that answers what a test says: requests and answers are held against AWS's service models, as botocore's Stubber does."""

from types import SimpleNamespace

from botocore.exceptions import ClientError
from botocore.session import Session
from botocore.validate import ParamValidator

from monitoring.live import Account, Pace

_SESSION = Session()
REGION = "eu-west-1"


def refusal(code, message="no"):
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "any")


DENIED = refusal("AccessDeniedException", "not you")


class Answers:
    """answers: "service:Operation" -> the answer, a ClientError, or a function from the request to either. Others are denied.

    asked: every request, as (service, operation, request).
    """

    def __init__(self, answers):
        self.answers = dict(answers)
        self.asked = []

    def account(self):
        return Account(self._client, REGION, pace=Pace(clock=lambda: 0.0, wait=lambda _seconds: None))

    def of(self, operation):
        """The requests of one operation, "service:Operation"."""
        return [request for service, name, request in self.asked if f"{service}:{name}" == operation]

    def _client(self, service):
        client = _SESSION.create_client(service, region_name=REGION, aws_access_key_id="any", aws_secret_access_key="any")
        latest = {}

        def before_request(params, model, **_):
            latest["request"] = params

        def before_call(model, **_):
            request = latest["request"]
            self.asked.append((service, model.name, request))
            answer = self.answers.get(f"{service}:{model.name}", DENIED)
            if callable(answer):
                answer = answer(request)
            if isinstance(answer, ClientError):
                raise answer
            if model.output_shape:
                report = ParamValidator().validate(answer, model.output_shape)
                assert not report.has_errors(), f"{service}:{model.name} never answers so: {report.generate_report()}"
            return SimpleNamespace(status_code=200), {**answer, "ResponseMetadata": {"HTTPStatusCode": 200}}

        client.meta.events.register("before-parameter-build.*.*", before_request)
        client.meta.events.register("before-call.*.*", before_call)
        return client
