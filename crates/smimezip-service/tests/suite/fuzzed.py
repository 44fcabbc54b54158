"""What fuzzed.rs asks of every answer beside schemathesis' own checks, and identifiers that there are."""

import json
import os
import zlib

import schemathesis

# What answers to this user must not have in them anywhere.
SECRET = os.environ["SMIMEZIP_SECRET"].encode()
# By the collection that an address names: identifiers that this user owns, and some of others.
IDS = json.loads(os.environ["SMIMEZIP_IDS"])
OUTSIDE = ["..", "../../service.db", "/etc/passwd", "..\\service.db", "\u2025/service.db", "'; --", "%2e%2e"]


def choose(generated, collection):
    """One time of two the identifier stays as it was made."""
    number = zlib.crc32(str(generated).encode("utf-8", "surrogatepass"))
    choices = [OUTSIDE, IDS[collection]][number % 2]
    return generated if number % 4 < 2 else choices[number // 4 % len(choices)]


@schemathesis.hook
def before_call(context, case, kwargs):
    # What is made to be refused stays as it is.
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    collection = case.path.split("/")[3]
    if "id" in case.path_parameters:
        case.path_parameters["id"] = choose(case.path_parameters["id"], collection)
    if case.path.endswith("/artifacts/delete") and isinstance(case.body, dict):
        case.body["ids"] = [choose(id, collection) for id in case.body["ids"]]
    if case.path.endswith("/artifacts/links"):
        if isinstance(case.query.get("id"), list):
            case.query["id"] = [choose(id, "artifacts") for id in case.query["id"]]
        if case.query.get("job"):
            case.query["job"] = choose(case.query["job"], "jobs")
    if case.path == "/api/v1/jobs" and isinstance(case.body, dict):
        # There is one source, and hardly any text is a certificate.
        if zlib.crc32(repr(case.body).encode("utf-8", "surrogatepass")) % 2:
            case.body["source"] = "orders"
            case.body.pop("recipients", None)


@schemathesis.check
def nothing_of_others(context, response, case):
    if not SECRET:
        return
    headers = json.dumps(response.headers).encode()
    assert SECRET not in response.content, "the answer has what belongs to another user"
    assert SECRET not in headers, "a header has what belongs to another user"
