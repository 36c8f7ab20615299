#!/usr/bin/env python3
"""Prints the data of the Python package genai-prices as JSON of its version 2.

    genai_prices_to_json.py genai_prices-0.2.3-py3-none-any.whl > genai-prices.json

The project publishes the same as prices/new_data/v2/data.json; the package is what is left where
only packages can be had. The package is read, never run: data.py is one literal, and what is no
literal in it stops this script. Decimals keep their digits.
"""
import ast
import json
import re
import sys
import zipfile


DECIMAL = "@decimal:"  # json has no decimals: they travel as marked text


def value(node):
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.List):
        return [value(element) for element in node.elts]
    if isinstance(node, ast.Dict):
        return {value(k): value(v) for k, v in zip(node.keys, node.values, strict=True)}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):  # datetime.date, .time
        numbers = [value(argument) for argument in node.args]
        if node.func.attr == "date":
            return "%04d-%02d-%02d" % tuple(numbers)
        if node.func.attr == "time" and [ast.unparse(k.value) for k in node.keywords] == ["datetime.UTC"]:
            return "%02d:%02d:%02dZ" % tuple((numbers + [0, 0])[:3])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "Decimal":
            return DECIMAL + node.args[0].value
        if not node.args:  # Provider, ModelInfo, ModelPrice, ClauseOr ...
            return {k.arg.rstrip("_"): value(k.value) for k in node.keywords}
    raise SystemExit(f"line {node.lineno}: cannot read {ast.unparse(node)[:80]}")


def providers(source):
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.AnnAssign) and statement.target.id == "providers":
            return value(statement.value)
    raise SystemExit("no providers in data.py")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        found = providers(wheel.read("genai_prices/data.py").decode())
    text = json.dumps(found, indent=1)
    print(re.sub(f'"{DECIMAL}([0-9.]+)"', r"\1", text))
