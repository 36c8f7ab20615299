"""Compares what each sender sent with what arrived, and prints a table; ends with 1 if anything differs.

compare.py WORK SENDER...: in WORK lie SENDER.tsv (trace, span, parent, tokens in and out), SENDER.jsonl (OTLP/JSON lines
of the Collector) or SENDER.count (how many, with all else left open), ndjson/ of Tollspan, and the forwarded-*.jsonl of
the Collector behind it. Spans belong to the sender that their service is named after.
"""
import json
import pathlib
import sys

# What interop/prices.tsv asks, in nano-dollars a token.
IN, OUT = 2000, 6000
MARK = b"interop-mark"

work, senders = pathlib.Path(sys.argv[1]), sys.argv[2:]


def cost(tokens_in, tokens_out):
    return None if tokens_in is None else IN * tokens_in + OUT * tokens_out


def attributes(owner):
    return {each["key"]: each["value"] for each in owner.get("attributes", [])}


def integer(value):
    return None if value is None else int(value["intValue"])


def otlp(file):
    """Yields service, ids, tokens and cost of each span of OTLP/JSON lines."""
    for line in file.read_text().splitlines():
        for resource in json.loads(line).get("resourceSpans", []):
            service = attributes(resource["resource"])["service.name"]["stringValue"]
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    told = attributes(span)
                    tokens = [integer(told.get(f"gen_ai.usage.{side}_tokens")) for side in ("input", "output")]
                    ids = (span["traceId"], span["spanId"], span.get("parentSpanId", ""))
                    yield service, (*ids, *tokens, integer(told.get("estimated_cost_nanousd")))


def ndjson(folder):
    for file in sorted(folder.glob("*.ndjson")):
        for line in file.read_text().splitlines():
            span = json.loads(line)
            ids = (span["trace_id"], span["span_id"], span["parent_span_id"])
            figures = [span.get(key) for key in ("input_tokens", "output_tokens", "estimated_cost_nanousd")]
            yield span["service"], (*ids, *figures)


def sent(sender):
    """What must arrive; a number if no more than that is known."""
    count, list_, lines = (work / f"{sender}{end}" for end in (".count", ".tsv", ".jsonl"))
    if count.exists():
        return int(count.read_text())
    if list_.exists():
        rows = [line.split("\t") for line in list_.read_text().splitlines()]
        rows = [(*row[:3], *(int(n) if n else None for n in row[3:])) for row in rows]
    else:
        rows = [row[:5] for _, row in otlp(lines)]
    return sorted(((*row, cost(*row[3:])) for row in rows), key=str)


def judge(wanted, found):
    """One word, or what is wrong."""
    if isinstance(wanted, int):
        ids = {row[:2] for row in found}
        if len(found) != wanted or len(ids) != wanted:
            return f"FAIL: {len(found)} spans, {len(ids)} ids"
        wrong = [row for row in found if row[3] is None or row[5] != cost(*row[3:5])]
        return f"FAIL: {len(wrong)} with wrong figures" if wrong else "equal"
    lost, more = len(set(wanted) - set(found)), len(set(found) - set(wanted))
    if lost or more or len(wanted) != len(found):
        return f"FAIL: {len(found)} spans, {lost} lost, {more} others"
    return "equal"


places = {"NDJSON": ndjson(work / "ndjson")}
for way in ("grpc", "http"):
    file = work / f"forwarded-{way}.jsonl"
    if file.exists():
        places[f"Collector, by {way}"] = otlp(file)
arrived = {}
for place, spans in places.items():
    arrived[place] = {}
    for service, row in spans:
        arrived[place].setdefault(service, []).append(row)

failed = False
print("| sender | spans |", *(f"{place} |" for place in places))
print("|---|---|" + "---|" * len(places))
for sender in senders:
    wanted = sent(sender)
    verdicts = [judge(wanted, sorted(arrived[place].get(sender, []), key=str)) for place in places]
    size = wanted if isinstance(wanted, int) else len(wanted)
    failed |= size == 0 or any(verdict != "equal" for verdict in verdicts)
    print(f"| {sender} | {size} |", *(f"{verdict} |" for verdict in verdicts))
for place, by_service in arrived.items():
    for stranger in by_service.keys() - set(senders):
        failed = True
        print(f"FAIL: {place} has spans of a service that sent none")
for file in [*work.glob("ndjson/*"), *work.glob("forwarded-*")]:
    if MARK in file.read_bytes():
        failed = True
        print(f"FAIL: a prompt in {file.name}")
sys.exit(failed)
