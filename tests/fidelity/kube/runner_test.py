#!/usr/bin/env python3
"""What the replay hides, and what it must not hide."""
import pathlib
import tempfile
import unittest

import controllers
import fields
from compare import ABSENT, differences
from explained import Explained
from mask import Mask, scalars

UID_A, UID_B = "11111111-2222-3333-4444-555555555555", "aaaaaaaa-2222-3333-4444-555555555555"


def masked(*documents, given=()):
    mask = Mask("tc-one", set(given))
    return [mask.document(document) for document in documents]


class Masking(unittest.TestCase):
    def test_versions_are_counted_so_that_a_write_that_changes_nothing_shows(self):
        same, again, moved = masked(*({"metadata": {"resourceVersion": v}} for v in ("70", "70", "71")))
        self.assertEqual(same, again)
        self.assertEqual(moved, {"metadata": {"resourceVersion": "<rv:2>"}})

    def test_uids_and_the_namespace_are_replaced_inside_texts_too(self):
        got, = masked({"uid": UID_A, "message": f"{UID_B} in tc-one since 2026-11-23T03:27:00Z"})
        self.assertEqual(got, {"message": "<uid:1> in $NS since <time>", "uid": "<uid:2>"})

    def test_generated_names_are_known_wherever_they_occur(self):
        got, = masked([{"metadata": {"generateName": "job-", "name": "job-x7k2p"}}, {"involved": "pod job-x7k2p"}])
        self.assertEqual(got[1], {"involved": "pod job-<gen:1>"})

    def test_addresses_and_ports_that_the_case_gave_stay(self):
        got, = masked({"spec": {"clusterIP": "10.96.0.7", "nodePort": 31000}}, given=scalars({"a": 31000}))
        self.assertEqual(got, {"spec": {"clusterIP": "<ip:1>", "nodePort": 31000}})

    def test_what_the_server_orders_at_random_is_sorted(self):
        entries = [{"manager": "b", "operation": "Update"}, {"manager": "a", "operation": "Apply"}]
        got, = masked({"metadata": {"managedFields": entries}})
        self.assertEqual([entry["manager"] for entry in got["metadata"]["managedFields"]], ["a", "b"])
        message = 'Apply failed with 2 conflicts: conflicts:\nconflict with "b":\n- .x\nconflict with "a":\n- .y'
        got, = masked({"kind": "Status", "reason": "Conflict", "message": message})
        self.assertLess(got["message"].index('"a"'), got["message"].index('"b"'))

    def test_a_table_keeps_its_cells_but_for_ages(self):
        got, = masked({"kind": "Table", "metadata": {"resourceVersion": "9"},
                       "columnDefinitions": [{"name": "Name", "description": "long"}, {"name": "Age"}],
                       "rows": [{"cells": ["web", "5s"]}]})
        self.assertEqual(got["rows"], [{"cells": ["web", "<age>"]}])
        self.assertEqual(got["columnDefinitions"], [{"name": "Name"}, {"name": "Age"}])


class Comparing(unittest.TestCase):
    def test_types_count(self):
        self.assertEqual(differences({"a": 1}, {"a": True}), [(".a", 1, True)])
        self.assertEqual(differences([1], [1, 2]), [("[1]", ABSENT, 2)])
        self.assertEqual(differences({"a": None}, {}), [(".a", None, ABSENT)])

    def test_paths(self):
        document = {"list": [{"name": "x", "v": {"a.b/c": 3}}]}
        self.assertEqual(fields.read(document, 'list[name=x].v."a.b/c"'), 3)
        self.assertEqual(fields.read(document, "list[0].name"), "x")
        self.assertIsNone(fields.read(document, "list[1].name"))

    def test_explained_differences_are_only_those_of_their_table(self):
        text = "| a/b | `one` | x |\n\n## Explained differences\n\n| group | case | reason |\n|---|---|---|\n| a/b | `two` | y |\n"
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "fidelity.md")
            path.write_text(text)
            explained = Explained.read(path)
        self.assertTrue(explained.holds("a/b", "two"))
        self.assertFalse(explained.holds("a/b", "one"))

    def test_like_pods_are_interchangeable_and_unlike_ones_are_not(self):
        one = {"Pod/web-<gen:1>": {"phase": "Running"}, "Pod/web-<gen:2>": {"phase": "Pending"}}
        other = {"Pod/web-<gen:5>": {"phase": "Pending"}, "Pod/web-<gen:4>": {"phase": "Running"}}
        self.assertEqual(controllers.comparable(one), controllers.comparable(other))
        other["Pod/web-<gen:4>"] = {"phase": "Failed"}
        self.assertNotEqual(controllers.comparable(one), controllers.comparable(other))


if __name__ == "__main__":
    unittest.main()
