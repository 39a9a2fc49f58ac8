// Feeds the request bodies of recorded exchanges with kube-apiserver 1.36 through defaults and create preparation, and
// compares with what the server answered.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "sandbox/kinds/fields.hh"
#include "sandbox/kinds/shapes.hh"
#include "sandbox/kinds/strategy.hh"
#include "value/json.hh"

namespace taut::sandbox::kinds {
namespace {

std::filesystem::path corpus() {
  const char* set = std::getenv("TAUT_CORPUS");
  return std::filesystem::path(set ? set : TAUT_SOURCE_DIR "/../shared/corpus") / "kube/cases";
}

Value read(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return parse_json(text.str()).value_or(Value());
}

// What the server adds by itself, and what needs its state.
void mask(Value& object) {
  inside(object, "metadata", [](Value& metadata) {
    for (const char* key : {"uid", "resourceVersion", "creationTimestamp", "namespace", "managedFields"}) metadata.erase(key);
  });
  inside(object, "spec", [&](Value& spec) {
    for (const char* key : {"clusterIP", "clusterIPs", "healthCheckNodePort"}) {
      if (spec[key] != Value("None") && spec[key] != Value::list({"None"})) spec.erase(key);
    }
    each_item(spec, "ports", [](Value& port) { port.erase("nodePort"); });
  });
  inside(object, "status", [](Value& status) { status.erase("lastPhaseTransitionTime"); });
  for (const char* key : {"firstTimestamp", "lastTimestamp", "eventTime"}) {
    if (object[key].is_string()) object.set(key, "<time>");
  }
}

Value made(const Gvk& gvk, const Value& body, const Value& answer) {
  Value object = body;
  object.edit("metadata").set("creationTimestamp", "2026-01-01T00:00:00Z");
  const Shape* shape = shape_of(gvk);
  if (auto decoded = decode(*shape, object, nullptr)) object = *decoded;
  object.edit("metadata").set("uid", answer["metadata"]["uid"]);
  apply_defaults(gvk, object);
  prepare_create(gvk, object);
  return object;
}

TEST(KindsCorpus, created_objects_are_as_the_server_stores_them) {
  if (!std::filesystem::exists(corpus())) GTEST_SKIP() << "no corpus at " << corpus();
  int same = 0, all = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus())) {
    if (entry.path().extension() != ".json") continue;
    const Value test = read(entry.path());
    for (size_t i = 0; i < test["steps"].size(); ++i) {
      const Value& step = test["steps"][i];
      const Value& answer = test["recorded"][i];
      if (step["method"].as_string() != "POST" || answer["code"].as_int() != 201 || !step["body"].is_map()) continue;
      const Value& body = answer["body"];
      const Gvk gvk = Gvk::of(body);
      if (!shape_of(gvk) || body["metadata"].is_null() || Gvk::of(step["body"]) != gvk || !step["query"].empty()) continue;
      if (!body.contains("metadata") || body["metadata"]["uid"].empty()) continue;
      Value wanted = body, got = made(gvk, step["body"], body);
      mask(wanted);
      mask(got);
      ++all;
      if (wanted == got) {
        ++same;
      } else if (std::getenv("TAUT_SHOW")) {
        std::cout << entry.path().filename() << " step " << i << "\n  want " << to_json(wanted) << "\n  got  " << to_json(got) << "\n";
      }
    }
  }
  std::cout << "defaulting: " << same << " of " << all << " created objects equal\n";
  EXPECT_GE(same * 100, all * 97);
}

Value table_without_ages(const Value& table) {
  Value out = table;
  for (const char* key : {"kind", "apiVersion", "metadata"}) out.erase(key);
  each_item(out, "columnDefinitions", [](Value& column) { column.erase("description"); });
  each_item(out, "rows", [](Value& row) { row.erase("object"); });
  return out;
}

Value table_of(const Gvk& gvk, const Value& object) {
  Value columns = Value::list(), cells = Value::list();
  for (const Column& column : table_columns(gvk)) {
    columns.push_back(Value::map({{"format", column.format}, {"name", column.name}, {"priority", column.priority}, {"type", column.type}}));
  }
  for (Value& cell : table_row(gvk, object, *parse_rfc3339("2026-01-01T00:00:05Z"))) cells.push_back(cell);
  return Value::map({{"columnDefinitions", columns}, {"rows", Value::list({Value::map({{"cells", cells}})})}});
}

// Ages are masked in the recordings, other texts that look like one are too.
void mask_ages(Value& got, const Value& wanted) {
  Value row = got["rows"][0], cells = row["cells"];
  for (size_t i = 0; i < cells.size(); ++i) {
    if (wanted["rows"][0]["cells"][i] == Value("<age>")) cells.edit(i) = "<age>";
  }
  row.set("cells", cells);
  got.set("rows", Value::list({row}));
}

TEST(KindsCorpus, tables_are_as_the_server_prints_them) {
  if (!std::filesystem::exists(corpus())) GTEST_SKIP() << "no corpus at " << corpus();
  int same = 0, all = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus())) {
    if (entry.path().extension() != ".json") continue;
    const Value test = read(entry.path());
    Value last;
    for (size_t i = 0; i < test["steps"].size(); ++i) {
      const Value& body = test["recorded"][i]["body"];
      const Gvk gvk = Gvk::of(body);
      if (shape_of(gvk) && !body["metadata"]["uid"].empty()) last = body;
      if (gvk.kind != "Table" || body["rows"].size() != 1 || last.is_null()) continue;
      const Value& name = body["rows"][0]["object"]["metadata"]["name"];
      if (name != last["metadata"]["name"]) continue;
      Value wanted = table_without_ages(body), got = table_of(Gvk::of(last), last);
      mask_ages(got, wanted);
      ++all;
      if (wanted == got) {
        ++same;
      } else if (std::getenv("TAUT_SHOW")) {
        std::cout << entry.path().filename() << " table " << i << "\n  want " << to_json(wanted) << "\n  got  " << to_json(got) << "\n";
      }
    }
  }
  std::cout << "tables: " << same << " of " << all << " equal\n";
  EXPECT_GE(same * 100, all * 95);
}

}  // namespace
}  // namespace taut::sandbox::kinds
