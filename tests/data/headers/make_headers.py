#!/usr/bin/env python3
"""Makes the golden headers of this folder and the digests of what was submitted.

It follows proto/README.md and shares no code with src/codec, so that two readings of that page must agree.
Usage: make_headers.py   (writes *.json and submitted-digests.txt beside itself)
"""
import hashlib
import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent
SHA_A = hashlib.sha256(b"a").hexdigest()
SHA_B = hashlib.sha256(b"b").hexdigest()

# The whole vocabulary of a dispatch, with every member present.
DISPATCH = {
    "version": 1,
    "critical": [],
    "submitted": {
        "sender": "H52.01",
        "id": "0193567c-8e4b-7c3a-9b1e-2f6d5a4c3b2a",
        "recipients": ["G09.02", "H52.05", "H37.DN.001"],
        "kind": "dispatch",
        "priority": 4,
        "references": [{"sender": "H52.01", "id": "cong-van-124"}],
        "dispatch": {
            "business": "replace",
            "business_reason": "Thay thế văn bản số 124 vì sai thời hạn",
            "code": {"number": "125", "notation": "UBND-NC"},
            "promulgation": {"place": "Sơn La", "date": "2026-11-24"},
            "type": {"number": 18, "name": "Công văn"},
            "subject": "V/v báo cáo kết quả sắp xếp, tổ chức bộ máy \"một cửa\"\nnăm 2026",
            "content": "Đề nghị các cơ quan báo cáo trước ngày 30/11; đường dẫn C:\\dữ liệu\tkèm theo",
            "signer": {"competence": "KT. CHỦ TỊCH", "position": "PHÓ CHỦ TỊCH", "full_name": "Nguyễn Thị Hồng Hạnh"},
            "due_date": "2026-12-31",
            "deliver_by": "2026-11-24T18:20:11.123456Z",
            "response_for": [
                {"agency": "G09", "id": "000.00.00.G09,2026/11/02,7816/BNV-TCBC",
                 "code": {"number": "7816", "notation": "BNV-TCBC"}, "date": "2026-11-02"},
                {"id": "chỉ có số hiệu"},
            ],
            "steering": 3,
            "paper_follows": True,
            "to_places": ["Như trên", "Lưu: VT, NC"],
            "application_type": "MCDT_DT",
            "reference_codes": ["000.00.14.H20-200703-0002"],
        },
        "staff": {"department": "Văn phòng", "staff": "Lò Văn Ú", "email": "vanthu@sonla.example", "mobile": "0212 000 000"},
        "attachments": [
            {"name": "Công văn 125.signed.pdf", "media_type": "application/pdf", "size": 334217, "sha256": SHA_A},
            {"name": "Phụ lục & danh sách.xlsx", "media_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
             "size": 0, "sha256": SHA_B},
        ],
    },
    "signed": {"time": "2026-11-24T18:20:11.123456Z", "by": "seal", "node": "H52"},
}

# The least a dispatch must say, signed by the agency itself.
LEAST = {
    "version": 1,
    "critical": [],
    "submitted": {
        "sender": "H52.01",
        "id": "1",
        "recipients": ["G09.02"],
        "kind": "dispatch",
        "priority": 0,
        "dispatch": {
            "business": "new",
            "code": {"number": "1", "notation": "UBND"},
            "type": {"name": "Giấy mời"},
            "subject": "Họp",
        },
    },
    "signed": {"time": "2026-01-01T00:00:00.000000Z", "by": "agency"},
}

# Status 03 of the recipient, sealed by its node.
STATUS = {
    "version": 1,
    "critical": [],
    "submitted": {
        "sender": "G09.02",
        "id": "status-03.0193567c",
        "recipients": ["H52.01"],
        "kind": "status",
        "priority": 0,
        "references": [{"sender": "H52.01", "id": "0193567c-8e4b-7c3a-9b1e-2f6d5a4c3b2a"}],
        "status": {"code": 3, "description": "Đã tiếp nhận, số đến 4502", "time": "2026-11-24T18:31:00.000000Z"},
        "staff": {"department": "Văn thư", "staff": "Trần Thị B"},
    },
    "signed": {"time": "2026-11-24T18:31:02.000001Z", "by": "seal", "node": "G09"},
}

# Status 01 that a node makes itself.
ARRIVED = {
    "version": 1,
    "critical": [],
    "submitted": {
        "sender": "H52.05",
        "id": "01.0193567c",
        "recipients": ["H52.01"],
        "kind": "status",
        "priority": 0,
        "references": [{"sender": "H52.01", "id": "0193567c-8e4b-7c3a-9b1e-2f6d5a4c3b2a"}],
        "status": {"code": 1},
    },
    "signed": {"time": "2026-11-24T18:20:12.000000Z", "by": "node", "node": "H52"},
}

# What an agency may also write: white space, another order, escapes, empty members, a member of later versions.
LIBERAL = """\
{ "signed": {"by": "agency", "time": "2026-01-01T00:00:00Z"},
  "critical": [ "submitted" ],
  "x-later": {"rate": 1.5, "deep": [[], {}, null, -7, 18446744073709551615]},
  "submitted": {
    "kind": "dispatch", "priority": 0, "secrecy": "", "references": [], "staff": {}, "attachments": [],
    "recipients": ["G09.02"], "sender": "H52.01", "id": "1", "x-hint": true,
    "dispatch": {"subject": "H\\u1ecdp", "type": {"number": 0, "name": "Giấy m\\u1eddi"}, "business": "new",
      "code": {"notation": "UBND", "number": "1"}, "paper_follows": false, "steering": 0}
  },
  "version": 1 }
"""


def number(value):
    return struct.pack(">Q", value)


def text(value):
    raw = value.encode() if isinstance(value, str) else value
    return number(len(raw)) + raw


def each(values, write):
    return number(len(values)) + b"".join(write(value) for value in values)


def key(value):
    return text(value["sender"]) + text(value["id"])


def texts(value, *names):
    return b"".join(text(value.get(name, "")) for name in names)


def response(value):
    return texts(value, "agency", "id") + texts(value.get("code", {}), "number", "notation") + texts(value, "date")


def dispatch(d):
    return (number(["new", "recall", "update", "replace"].index(d["business"])) + texts(d, "business_reason")
            + texts(d["code"], "number", "notation") + texts(d.get("promulgation", {}), "place", "date")
            + number(d["type"].get("number", 0)) + texts(d["type"], "name") + texts(d, "subject", "content")
            + texts(d.get("signer", {}), "competence", "position", "full_name") + texts(d, "due_date", "deliver_by")
            + each(d.get("response_for", []), response) + number(d.get("steering", 0))
            + number(int(d.get("paper_follows", False))) + each(d.get("to_places", []), text)
            + texts(d, "application_type") + each(d.get("reference_codes", []), text))


def status(s):
    return number(s["code"]) + texts(s, "description", "time")


def attachment(a):
    return texts(a, "name", "media_type") + number(a["size"]) + text(bytes.fromhex(a["sha256"]))


def optional(value, write):
    return number(0) if value is None else number(1) + write(value)


def submitted_digest(s):
    gathered = (text("tram submitted v1") + key(s) + each(s["recipients"], text)
                + number(["dispatch", "status"].index(s["kind"]) + 1) + number(s["priority"]) + texts(s, "secrecy")
                + each(s.get("references", []), key) + optional(s.get("dispatch"), dispatch)
                + optional(s.get("status"), status)
                + texts(s.get("staff", {}), "department", "staff", "email", "mobile")
                + each(s.get("attachments", []), attachment))
    return hashlib.sha256(gathered).hexdigest()


def main():
    lines = []
    for name, header in [("dispatch", DISPATCH), ("least", LEAST), ("status", STATUS), ("arrived", ARRIVED)]:
        (HERE / f"{name}.json").write_text(json.dumps(header, ensure_ascii=False, separators=(",", ":")))
        lines.append(f"{submitted_digest(header['submitted'])}  {name}.json\n")
    (HERE / "liberal.json").write_text(LIBERAL)
    lines.append(f"{submitted_digest(LEAST['submitted'])}  liberal.json\n")
    (HERE / "submitted-digests.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
