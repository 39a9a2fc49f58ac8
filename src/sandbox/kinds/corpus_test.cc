// Feeds the request bodies of recorded exchanges with kube-apiserver 1.36 through defaults and create preparation, and
// compares with what the server answered.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
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
  object.edit("metadata").set("uid", answer["metadata"]["uid"].empty() ? Value("0-0") : answer["metadata"]["uid"]);
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
  EXPECT_GE(same * 100, all * 98);
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
  EXPECT_GE(same * 100, all * 100);
}

void merge(Value& target, const Value& patch) {
  for (const Entry& entry : patch.entries()) {
    if (entry.value.is_null()) {
      target.erase(entry.key());
    } else if (entry.value.is_map()) {
      Value part = target[entry.key()];
      if (!part.is_map()) part = Value::map();
      merge(part, entry.value);
      target.set(entry.key(), part);
    } else {
      target.set(entry.key(), entry.value);
    }
  }
}

Value causes_of(const std::vector<Problem>& problems) {
  Value out = Value::list();
  for (const Problem& problem : problems) {
    out.push_back(Value::map({{"field", problem.field}, {"message", problem.message}, {"reason", problem.type}}));
  }
  return out;
}

// Which recorded refusals are this room's to make: those about fields outside of metadata.
bool judged_here(const Value& answer) {
  const Value& causes = answer["body"]["details"]["causes"];
  if (answer["code"].as_int() != 422 || answer["body"]["reason"] != Value("Invalid") || causes.empty()) return false;
  for (const Value& cause : causes.items()) {
    std::string_view field = cause["field"].as_string();
    if (field.starts_with("metadata") || field.empty()) return false;
    // The server's own: options, bodies that do not decode, definitions and their rules, reviews.
    if (field == "patch" || field == "dryRun" || field == "fieldValidation" || field == "fieldManager") return false;
    for (const char* kind : {"CustomResourceDefinition", "TokenRequest", "SubjectAccessReview"}) {
      if (answer["body"]["details"]["kind"] == Value(kind) || answer["body"]["details"]["kind"].is_null()) return false;
    }
    // What is allocated is the server's to know.
    if (cause["message"].as_string().find("provided port") != std::string_view::npos) return false;
  }
  return true;
}

// The recordings hide addresses behind a word that is none.
Value with_addresses(const Value& recorded) {
  std::string text = to_json(recorded);
  for (size_t at = text.find("<ip:"); at != text.npos; at = text.find("<ip:", at)) text.replace(at, text.find('>', at) + 1 - at, "10.96.0.7");
  return *parse_json(text);
}

struct Refusals {
  std::map<std::string, Value> store;  // by path and name
  int same = 0, all = 0, surprises = 0;

  void compare(const std::string& where, const Value& answer, const std::vector<Problem>& problems) {
    const int64_t code = answer["code"].as_int();
    if (judged_here(answer)) {
      ++all;
      if (causes_of(problems) == answer["body"]["details"]["causes"]) {
        ++same;
      } else if (std::getenv("TAUT_SHOW")) {
        std::cout << where << " refusal\n  want " << to_json(answer["body"]["details"]["causes"]) << "\n  got  " << to_json(causes_of(problems)) << "\n";
      }
    } else if ((code == 200 || code == 201) && !problems.empty()) {
      ++surprises;
      if (std::getenv("TAUT_SHOW")) std::cout << where << " was accepted, here\n  got  " << to_json(causes_of(problems)) << "\n";
    }
  }

  void create(const std::string& where, const Value& step, const Value& answer) {
    const Gvk gvk = Gvk::of(step["body"]);
    if (!shape_of(gvk)) return;
    // The recordings hide uids behind a word that is no label.
    Value body = step["body"];
    if (step["path"].as_string().find("/namespaces/$NS/") != std::string_view::npos) body.edit("metadata").set("namespace", "$NS");
    const Value object = made(gvk, body, Value());
    compare(where, answer, validate_create(gvk, object));
    if (answer["code"].as_int() != 201) return;
    const bool full = !answer["body"]["metadata"]["uid"].empty() && Gvk::of(answer["body"]) == gvk;
    store[step["path"].str() + "/" + step["body"]["metadata"]["name"].str()] = full ? with_addresses(answer["body"]) : object;
  }

  void change(const std::string& where, const Value& step, const Value& answer) {
    auto known = store.find(step["path"].str());
    const bool put = step["method"].as_string() == "PUT";
    if (to_json(step["body"]).find("${") != std::string::npos) return;  // filled in by the recorder
    if (known == store.end() || (!put && step["contentType"].as_string() != "application/merge-patch+json")) return;
    Value fresh = put ? step["body"] : known->second;
    if (!put) merge(fresh, step["body"]);
    const Gvk gvk = Gvk::of(known->second);
    const Shape* shape = shape_of(gvk);
    fresh.edit("metadata").set("creationTimestamp", "2026-01-01T00:00:00Z");
    auto decoded = decode(*shape, fresh, nullptr);
    if (!decoded) return;
    apply_defaults(gvk, *decoded);
    prepare_update(gvk, *decoded, known->second, "");
    compare(where, answer, validate_update(gvk, *decoded, known->second, ""));
    if (answer["code"].as_int() == 200) known->second = Gvk::of(answer["body"]) == gvk ? with_addresses(answer["body"]) : *decoded;
  }
};

TEST(KindsCorpus, refusals_are_in_the_server_s_words) {
  if (!std::filesystem::exists(corpus())) GTEST_SKIP() << "no corpus at " << corpus();
  int same = 0, all = 0, surprises = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus())) {
    if (entry.path().extension() != ".json") continue;
    const Value test = read(entry.path());
    Refusals refusals;
    for (size_t i = 0; i < test["steps"].size(); ++i) {
      const Value& step = test["steps"][i];
      const std::string where = fmt::format("{} step {}", entry.path().filename().string(), i), method = step["method"].str();
      if (!step["body"].is_map() || !step["query"]["dryRun"].empty()) continue;
      if (method == "POST") refusals.create(where, step, test["recorded"][i]);
      if (method == "PATCH" || method == "PUT") refusals.change(where, step, test["recorded"][i]);
    }
    same += refusals.same;
    all += refusals.all;
    surprises += refusals.surprises;
  }
  std::cout << "refusals: " << same << " of " << all << " equal, " << surprises << " accepted by the server but refused here\n";
  EXPECT_GE(same * 100, all * 94);
  EXPECT_EQ(surprises, 0);
}

}  // namespace
}  // namespace taut::sandbox::kinds
