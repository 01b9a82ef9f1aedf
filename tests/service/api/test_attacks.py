"""What somebody tries who may not: false proofs, other hosts, pages that send for a signed-in person, odd bodies."""

import base64

import pytest

from service.api.access import COOKIE

TOKEN = "a-token-for-the-tests-only"  # noqa: S105
WORK = {"family": "oven", "start": "2026-03-05T06:00Z", "end": "2026-03-05T07:00Z", "kind": "planned", "author": "ana"}
WRITING = {
    "/v1/incidents": WORK,
    "/v1/labels": {"family": "oven", "anomaly_id": "0123456789abcdef", "kind": "confirmed", "author": "ana"},
    "/v1/picture-verdicts": {
        "camera": "press",
        "day": "2026-03-05",
        "image": "a",
        "kind": "dismissed",
        "author": "ana",
    },
}
FALSE = [
    {},
    {"authorization": ""},
    {"authorization": "Bearer"},
    {"authorization": f"Bearer {TOKEN}x"},
    {"authorization": f"Bearer {TOKEN[:-1]}"},
    {"authorization": "Bearer tök€n".encode()},
    {"authorization": b"Bearer \xff\xfe\x00"},
    {"authorization": "Basic !!!"},
    {"authorization": f"Basic {base64.b64encode(b'no colon').decode()}"},
    {"authorization": f"Basic {base64.b64encode(bytes([255, 58, 255])).decode()}"},
    {"authorization": f"Digest {TOKEN}"},
    {"authorization": f"Bearer  {TOKEN} {TOKEN}"},
    {"cookie": f"{COOKIE}=service.9999999999.{'0' * 64}"},
    {"cookie": f"{COOKIE}={TOKEN}"},
    {"cookie": b'a="\xff; \x00=; ' + COOKIE.encode() + b"=" + b"." * 4000},
]


@pytest.mark.parametrize("proof", FALSE)
def test_nothing_is_written_for_a_false_proof(own, copied, files_of, proof):
    before = files_of(copied.store)
    for path, said in WRITING.items():
        assert own.post(path, json=said, headers=proof).status_code in (400, 401), path
    assert files_of(copied.store) == before


HOSTS = [
    *("evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", "", "0"),
    *("127.0.0.2", "127.1", "2130706433", "0x7f000001", "[::2]", "[::ffff:7f00:1]", "evil.example@evil.example"),
    *("127.0.0.1,evil.example", "127.0.0.1 evil.example", "127.0.0.1/evil.example", "127.0.0.1%00", "localhost."),
]


@pytest.mark.parametrize("host", HOSTS)
def test_a_request_for_another_host_is_refused(client, host):
    assert client.get("/v1/families", headers={"host": host}).status_code == 421


def test_a_page_of_another_site_writes_nothing_with_a_persons_session(own, copied, files_of):
    signed = own.post("/login", data={"token": TOKEN}, follow_redirects=False).headers["set-cookie"].split(";")[0]
    own.cookies.clear()
    before = files_of(copied.store)
    text = b'{"family": "oven", "start": "2026-03-05T06:00Z", "end": "2026-03-05T07:00Z", "kind": "planned"}'
    kinds = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "")
    for path in WRITING:
        for kind in kinds:  # what a form of any page may send without being asked, and browsers that say whence
            headers = {"cookie": signed, "content-type": kind}
            assert own.post(path, content=text, headers=headers).status_code in (400, 415, 422), (path, kind)
            for whence in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
                assert own.post(path, content=text, headers=headers | whence).status_code == 403, (path, kind)
        asked = {"origin": "http://evil.example", "access-control-request-method": "POST"}
        answer = own.options(path, headers={**asked, "access-control-request-headers": "content-type"})
        assert answer.status_code == 403
        assert [name for name in answer.headers if name.startswith("access-control")] == []
    assert files_of(copied.store) == before
    assert own.post(
        "/v1/incidents", content=text, headers={"cookie": signed, "content-type": "application/json"}
    ).is_success


@pytest.mark.parametrize("deep", [b"[" * 10**6, b'{"a":' * 10**5, b'[{"time":' + b"[" * 10**5])
def test_a_body_in_too_many_layers_is_refused_everywhere(own, deep):
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
    for path in (*WRITING, "/v1/score?family=oven", "/v1/settings"):
        assert own.post(path, content=deep, headers=headers).status_code in (400, 404, 405, 422), path


def test_a_form_of_ten_thousand_parts_is_refused(client):
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % n for n in range(10_000))
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/login", content=parts + b"--x--\r\n", headers=headers).status_code == 400
    fields = b"&".join(b"a%d=1" % n for n in range(10_000))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/login", content=fields, headers=headers).status_code == 400
    assert client.get("/health").status_code == 200
