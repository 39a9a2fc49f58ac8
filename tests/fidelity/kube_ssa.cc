// kube/06-ssa-merge and kube/05-patch-strategic: recorded server-side applies, replayed in this process. The recorded answer of each step is the live
// object of the next, so a case fails only where the merge or the bookkeeping of owners is wrong.
//
// An apply goes the server's way: merge (src/smd), decode, defaults (src/sandbox/kinds, or the CRD's schema), and is
// compared whole, but for what only a server can know: uid, resourceVersion, times, allocated addresses, generation.
// Strategic merge patches go the same way. Of creates, updates and other patches only managedFields are compared, the object being the recorded one. Answers
// that come from somewhere else than the merge (404, 405, 415, 422, a resourceVersion that is too old) are passed over,
// and so are steps that need a conversion between versions of a built-in kind.
#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "base/strings.hh"
#include "groups.hh"
#include "object/id.hh"
#include "sandbox/kinds/shapes.hh"
#include "sandbox/kinds/strategy.hh"
#include "schema/crd.hh"
#include "schema/kinds.hh"
#include "smd/smd.hh"
#include "smd/strategic.hh"
#include "value/json.hh"

namespace taut::fidelity {
namespace {

namespace kinds = sandbox::kinds;

// A custom resource's versions, as a fixture defines them.
struct Custom {
  std::string group, kind;
  std::map<std::string, schema::CrdSchema, std::less<>> versions;
  bool has_status = false;
};

// What a path names.
struct Target {
  std::string group, version, kind, name, subresource;
  std::string key;  // the same for every version
  const Custom* custom = nullptr;
  std::string api_version() const { return group.empty() ? version : group + "/" + version; }
  Gvk gvk() const { return {group, version, kind}; }
};

class Fixtures {
 public:
  void add(const Value& crd) {
    const Value& spec = crd["spec"];
    Custom& custom = custom_[spec["group"].str() + "/" + spec["names"]["plural"].str()];
    custom = {spec["group"].str(), spec["names"]["kind"].str(), {}, false};
    for (const Value& version : spec["versions"].items()) {
      auto compiled = schema::CrdSchema::compile(version["schema"]["openAPIV3Schema"]);
      if (compiled) custom.versions.emplace(version["name"].str(), *compiled);
      custom.has_status |= version["subresources"].contains("status");
    }
  }

  // Nothing for a path that is no resource.
  std::optional<Target> target(std::string_view path) const {
    auto parts = split(path.substr(1, path.find('?') - 1), '/');
    Target out;
    size_t at = 0;
    if (parts.size() > 2 && parts[0] == "api") {
      out.version = parts[1];
      at = 2;
    } else if (parts.size() > 3 && parts[0] == "apis") {
      out.group = parts[1], out.version = parts[2];
      at = 3;
    } else {
      return {};
    }
    if (parts[at] == "namespaces" && parts.size() > at + 2) at += 2;
    std::string plural(parts[at]);
    out.name = parts.size() > at + 1 ? parts[at + 1] : "";
    out.subresource = parts.size() > at + 2 ? parts[at + 2] : "";
    out.key = out.group + "/" + plural + "/";
    if (auto found = custom_.find(out.group + "/" + plural); found != custom_.end()) {
      out.custom = &found->second;
      out.kind = found->second.kind;
    } else if (const auto* info = schema::find_resource(out.group, out.version, plural)) {
      out.kind = info->kind;
    } else {
      return {};
    }
    return out;
  }

 private:
  std::map<std::string, Custom, std::less<>> custom_;
};

std::optional<smd::KindInfo> kind_of(const Target& target) {
  if (!target.custom) return smd::builtin_kind(target.api_version(), target.kind, target.subresource);
  smd::KindInfo out;
  out.api_version = target.api_version();
  out.kind = target.kind;
  out.type = [custom = target.custom](std::string_view at) -> const schema::Type* {
    auto found = custom->versions.find(at.substr(at.find('/') + 1));
    return found == custom->versions.end() ? nullptr : &found->second.type();
  };
  out.reset = smd::reset_fields(target.group, target.kind, target.subresource, target.custom->has_status);
  return out;
}

// What happens to a custom resource between the merge and the store.
Value settle_custom(const Target& target, Value object, const Value& live) {
  auto found = target.custom->versions.find(target.version);
  if (found != target.custom->versions.end()) {
    found->second.apply_defaults(object);
    found->second.prune(object);
    found->second.drop_nulls(object);
  }
  if (!target.custom->has_status) return object;
  Value managers = object["metadata"]["managedFields"], status = object["status"];
  if (target.subresource == "status") {
    object = live;
    object.edit("metadata").set("managedFields", managers);
    object.set("status", status);
  } else if (live["status"].is_null()) {
    object.erase("status");
  } else {
    object.set("status", live["status"]);
  }
  return object;
}

// A built-in object decoded and defaulted; a custom one pruned and defaulted. That is all that has happened to a
// request's object when the server comes to its owners.
Result<Value> received(const Target& target, const Value& body) {
  if (target.custom) {
    Value object = body;
    auto found = target.custom->versions.find(target.version);
    if (found == target.custom->versions.end()) return object;
    found->second.prune(object);
    found->second.drop_nulls(object);
    found->second.apply_defaults(object);
    return object;
  }
  const kinds::Shape* shape = kinds::shape_of(target.gvk());
  if (!shape) return body;
  // Names of the real server's times, uids and versions are masked in the corpus and cannot be decoded.
  Value input = body, metadata = body["metadata"];
  for (const char* key : {"managedFields", "creationTimestamp", "uid", "resourceVersion", "deletionTimestamp"})
    input.edit("metadata").erase(key);
  TAUT_ASSIGN(Value object, kinds::decode(*shape, input, nullptr));
  kinds::apply_defaults(target.gvk(), object);
  for (const char* key : {"managedFields", "creationTimestamp"})
    if (metadata.contains(key)) object.edit("metadata").set(key, metadata[key]);
  return object;
}

// The object as it comes to the store.
Result<Value> settle(const Target& target, const Value& merged, const Value& live) {
  if (target.custom) return settle_custom(target, merged, live);
  TAUT_ASSIGN(Value object, received(target, merged));
  object.edit("metadata").erase("selfLink");
  if (live.is_null()) {
    kinds::prepare_create(target.gvk(), object);
  } else {
    kinds::prepare_update(target.gvk(), object, live, target.subresource);
  }
  return object;
}

// Times in the fields, as the recorder masks them.
void mask_fields(Value& value) {
  if (value.is_string() && parse_rfc3339(value.as_string())) value = "<time>";
  for (size_t i = 0; value.is_list() && i < value.size(); ++i)
    if (value[i].is_list() || value[i].is_map()) mask_fields(value.edit(i));
  if (!value.is_map()) return;
  std::vector<std::string> keys;
  for (const Entry& e : value.entries()) keys.push_back(e.name.str());
  for (const std::string& key : keys) mask_fields(value.edit(key));
}

// The tolerations that an admission plugin adds to every pod.
void drop_admission_tolerations(Value& object) {
  Value kept = Value::list();
  for (const Value& t : object["spec"]["tolerations"].items())
    if (t["tolerationSeconds"].as_int() != 300 || !t["key"].as_string().starts_with("node.kubernetes.io/")) kept.push_back(t);
  if (object["spec"]["tolerations"].is_null()) return;
  if (kept.empty()) {
    object.edit("spec").erase("tolerations");
  } else {
    object.edit("spec").set("tolerations", kept);
  }
}

// What only a server can know is taken from the recorded object.
void take_from_server(Value& object, const Value& recorded) {
  for (const char* key : {"uid", "resourceVersion", "creationTimestamp", "generation", "namespace", "name"}) {
    const Value* there = recorded["metadata"].find(key);
    if (there) object.edit("metadata").set(key, *there);
    if (!there && object["metadata"].contains(key)) object.edit("metadata").erase(key);
  }
  for (const char* key : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}) {
    const Value* there = recorded["spec"].find(key);
    if (there && !object["spec"].contains(key)) object.edit("spec").set(key, *there);
  }
  for (size_t i = 0; i < object["spec"]["ports"].size(); ++i)
    if (const Value* there = recorded["spec"]["ports"][i].find("nodePort"))
      object.edit("spec").edit("ports").edit(i).set("nodePort", *there);
}

void mask_times(Value& object) {
  for (size_t i = 0; i < object["metadata"]["managedFields"].size(); ++i)
    if (object["metadata"]["managedFields"][i].contains("time"))
      object.edit("metadata").edit("managedFields").edit(i).set("time", "<time>");
}

// The recorder orders managedFields by operation, manager, apiVersion and subresource.
void order_managers(Value& object) {
  const Value& managers = object["metadata"]["managedFields"];
  std::vector<Value> entries(managers.items().begin(), managers.items().end());
  auto rank = [](const Value& e) {
    return std::make_tuple(e["operation"].str(), e["manager"].str(), e["apiVersion"].str(), e["subresource"].str());
  };
  std::stable_sort(entries.begin(), entries.end(), [&](const Value& a, const Value& b) { return rank(a) < rank(b); });
  for (size_t i = 0; i < entries.size(); ++i)
    object.edit("metadata").edit("managedFields").edit(i) = std::move(entries[i]);
}

// The recorder's "<uid:1>" as "uid-1", whose letters no encoder escapes, and its masked ports as numbers again.
std::string plain_masks(std::string text) {
  text = replace_all(text, "\"<nodePort>\"", "30000");
  for (size_t at = 0; (at = text.find("<uid:", at)) != std::string::npos;) {
    size_t end = text.find('>', at);
    text = text.substr(0, at) + "uid-" + text.substr(at + 5, end - at - 5) + text.substr(end + 1);
  }
  return text;
}

// The recorder calls uids by ordinals; which is which is learnt where a config's owners come back.
class Uids {
 public:
  void learn(const Value& mine, const Value& recorded) {
    for (size_t i = 0; i < mine.size() && i < recorded.size(); ++i) {
      std::string_view name = recorded[i]["uid"].as_string();
      if (name.starts_with("uid-") && !mine[i]["uid"].as_string().starts_with("uid-")) names_[mine[i]["uid"].str()] = name;
    }
  }
  Value replaced(const Value& value) const {
    if (names_.empty()) return value;
    std::string text = to_json(value);
    for (const auto& [uid, name] : names_) text = replace_all(text, uid, name);
    return parse_json(text).value_or(value);
  }

 private:
  std::map<std::string, std::string> names_;
};

class Replay {
 public:
  Replay(const Fixtures& fixtures) : fixtures_(fixtures) {}

  // What differs first; empty when nothing does.
  std::string run(const Value& test) {
    for (size_t i = 0; i < test["steps"].size(); ++i) {
      now_ += std::chrono::seconds(2);
      std::string difference = step(test["steps"][i], test["recorded"][i]);
      if (!difference.empty()) return fmt::format("step {}: {}", i, difference);
    }
    return {};
  }

 private:
  std::string step(const Value& step, const Value& recorded) {
    if (!step["path"].is_string()) return {};
    auto target = fixtures_.target(step["path"].as_string());
    if (!target) return {};
    if (target->subresource == "scale") return {};
    std::string name = target->name.empty() ? step["body"]["metadata"]["name"].str() : target->name;
    Value& live = live_[target->key + name];
    std::string_view method = step["method"].as_string();
    bool whole = !step.contains("record") && recorded["code"].as_int() < 300 &&
                 recorded["body"]["kind"].as_string() == target->kind;
    std::string difference;
    Value after = whole ? recorded["body"] : Value();
    if (needs_conversion(*target, live)) {
      // passed over
    } else if (method == "GET") {
      if (recorded["body"].contains("metadata.managedFields"))
        return compare("", recorded["body"]["metadata.managedFields"], masked(live["metadata"]["managedFields"]));
    } else if (method == "DELETE") {
      live = Value();
      return {};
    } else if (step["contentType"].as_string() == "application/apply-patch+yaml") {
      difference = apply(*target, step, recorded, live, after);
    } else {
      difference = update(*target, step, recorded, live, after);
    }
    if (!after.is_null() && !step["query"].contains("dryRun")) live = after;
    return difference;
  }

  static Value masked(const Value& managers) {
    Value object = Value::map();
    object.edit("metadata").set("managedFields", managers);
    mask_times(object);
    order_managers(object);
    return object["metadata"]["managedFields"];
  }

  static std::string compare(std::string_view what, const Value& want, const Value& got) {
    if (want == got) return {};
    return fmt::format("{}\n  want {}\n  got  {}", what, to_json(want), to_json(got));
  }

  // Whether a built-in object is, or has owners, at another version than the request's: that takes a conversion by
  // Go code, which is the sandbox's business and not the merge's.
  static bool needs_conversion(const Target& target, const Value& live) {
    if (target.custom || live.is_null()) return false;
    auto managers = live["metadata"]["managedFields"].items();
    auto other = [&](const Value& v) { return v["apiVersion"].as_string() != target.api_version(); };
    return other(live) || std::any_of(managers.begin(), managers.end(), other);
  }

  static Value live_at(const Target& target, Value live) {
    if (!live.is_null()) live.set("apiVersion", target.api_version());
    return live;
  }

  static std::string manager_of(const Value& step) {
    std::string named = step["query"]["fieldManager"].str();
    return named.empty() ? smd::manager_of_user_agent(step["headers"]["User-Agent"].as_string()) : named;
  }

  static bool from_the_merge(const Value& recorded) {
    std::string_view message = recorded["body"]["message"].as_string();
    int64_t code = recorded["code"].as_int();
    if (code == 200 || code == 201) return true;
    if (code == 409) return !recorded["body"]["details"]["causes"].empty();
    return message.starts_with("failed to create typed") || message.starts_with("invalid object type") ||
           message.starts_with("metadata.managedFields must be nil");
  }

  std::string apply(const Target& target, const Value& step, const Value& recorded, const Value& live, Value& after) {
    auto kind = kind_of(target);
    if (!kind || !step["body"].is_map() || !from_the_merge(recorded)) return {};
    Value before = live_at(target, live);
    bool unseen = live.is_null() && recorded["code"].as_int() == 200;  // made by nobody in this case
    if (unseen) return {};
    smd::ApplyRequest request{uids_.replaced(step["body"]), manager_of(step), step["query"]["force"].as_string() == "true",
                              target.subresource, now_};
    auto applied = smd::apply(*kind, before, request);
    if (!applied) return compare_refusal(recorded, applied.error());
    if (recorded["code"].as_int() > 299)
      return "applied, but the server says " + recorded["body"]["message"].str();
    auto object = settle(target, *applied, before);
    if (!object) return "cannot be decoded: " + object.error().message();
    if (!before.is_null()) *object = smd::keep_times_if_unchanged(before, *object);
    mask_times(*object);
    if (after.is_null()) {
      after = *object;
      return {};
    }
    return compare_object(target, after, *object);
  }

  std::string compare_object(const Target& target, Value want, Value got) {
    uids_.learn(got["metadata"]["ownerReferences"], want["metadata"]["ownerReferences"]);
    got = uids_.replaced(got);
    order_managers(got);
    take_from_server(got, want);
    if (got.contains("spec")) mask_fields(got.edit("spec"));
    if (target.kind == "Pod") {
      drop_admission_tolerations(want);
      drop_admission_tolerations(got);
    }
    return compare("object", want, got);
  }

  static std::string compare_refusal(const Value& recorded, const smd::Refusal& refusal) {
    auto lines = [](std::string_view text) {
      std::vector<std::string> out;
      for (std::string_view line : split(text, '\n')) out.emplace_back(line);
      std::sort(out.begin() + 1, out.end());
      return join(out, "\n");
    };
    if (recorded["code"].as_int() != refusal.code)
      return fmt::format("refused with {} {}, but the server says {} {}", refusal.code, refusal.message,
                         recorded["code"].as_int(), recorded["body"]["message"].as_string());
    std::string want = recorded["body"]["message"].str();
    if (refusal.code != 409) return want == refusal.message ? "" : "want " + want + "\n  got  " + refusal.message;
    Value causes = Value::list();
    for (const auto& cause : refusal.causes)
      causes.push_back(Value::map({{"field", cause.field}, {"message", cause.message}, {"reason", cause.reason}}));
    auto sorted = [](const Value& list) {
      std::vector<std::string> out;
      for (const Value& item : list.items()) out.push_back(to_json(item));
      std::sort(out.begin(), out.end());
      return join(out, "\n  ");
    };
    std::string want_causes = sorted(recorded["body"]["details"]["causes"]), got_causes = sorted(causes);
    if (want_causes != got_causes) return "causes: want " + want_causes + "\n  got " + got_causes;
    std::string head = want.substr(0, want.find(':'));
    std::string got_head = refusal.message.substr(0, refusal.message.find(':'));
    if (head != got_head || lines(want).size() != lines(refusal.message).size())
      return "want " + want + "\n  got  " + refusal.message;
    return {};
  }

  std::string update(const Target& target, const Value& step, const Value& recorded, const Value& live, Value& after) {
    auto kind = kind_of(target);
    if (!kind) return {};
    Value before = live_at(target, live);
    bool strategic = step["contentType"].as_string() == "application/strategic-merge-patch+json" && !target.custom;
    Value object;
    if (strategic && step["body"].is_map()) {
      auto merged = smd::strategic_merge(before, uids_.replaced(step["body"]), *kind->type(kind->api_version));
      if (!merged) return compare_refusal(recorded, merged.error());
      object = std::move(*merged);
    }
    if (recorded["code"].as_int() > 299) return {};
    if (!strategic) object = patched(step, before);
    if (object.is_null()) {
      object = after;
    } else if (auto decoded = received(target, uids_.replaced(object))) {
      object = std::move(*decoded);
    }
    if (object.is_null()) return {};
    if (!object["kind"].is_string()) object.set("kind", target.kind);
    if (!object["apiVersion"].is_string()) object.set("apiVersion", target.api_version());
    object.edit("metadata").erase("managedFields");
    Value sent = sent_managers(step, before);
    if (!sent.is_null()) object.edit("metadata").set("managedFields", sent);
    Value updated = smd::update(*kind, before, {object, manager_of(step), target.subresource, now_});
    if (!before.is_null()) updated = smd::keep_times_if_unchanged(before, updated);
    if (after.is_null()) {
      after = updated;
      return {};
    }
    mask_times(updated);
    if (strategic) {
      auto stored = settle(target, updated, before);
      return stored ? compare_object(target, after, *stored) : "cannot be decoded: " + stored.error().message();
    }
    uids_.learn(updated["metadata"]["ownerReferences"], after["metadata"]["ownerReferences"]);
    updated = uids_.replaced(updated);
    order_managers(updated);
    return compare("managedFields after " + step["method"].str(), after["metadata"]["managedFields"],
                   updated["metadata"]["managedFields"]);
  }

  // What the request makes of the object; null for patches that this file does not know.
  static Value patched(const Value& step, const Value& live) {
    if (step["method"].as_string() == "POST") return step["body"];
    if (step["method"].as_string() == "PUT") return step["body"];
    if (step["contentType"].as_string() != "application/merge-patch+json") return {};
    Value out = live;
    merge_into(out, step["body"]);
    return out;
  }

  static void merge_into(Value& object, const Value& patch) {
    if (!object.is_map()) object = Value::map();
    for (const Entry& e : patch.entries()) {
      if (e.value.is_null()) {
        object.erase(e.key());
      } else if (e.value.is_map()) {
        merge_into(object.edit(e.key()), e.value);
      } else {
        object.set(e.key(), e.value);
      }
    }
  }

  // managedFields as the object has them when the server comes to them: of the body, or what a patch leaves.
  static Value sent_managers(const Value& step, const Value& live) {
    const Value& managers = live["metadata"]["managedFields"];
    if (step["method"].as_string() != "PATCH") return step["body"]["metadata"]["managedFields"];
    if (step["body"].is_map()) {
      const Value* sent = step["body"]["metadata"].find("managedFields");
      return sent ? *sent : managers;
    }
    for (const Value& operation : step["body"].items())
      if (operation["path"].as_string() == "/metadata/managedFields") return operation["value"];
    return managers;
  }

  const Fixtures& fixtures_;
  Uids uids_;
  std::map<std::string, Value> live_;
  Time now_ = *parse_rfc3339("2026-11-23T00:00:00Z");
};

}  // namespace

namespace {

// Whether a case has a step that sends such a body.
bool sends(const Value& test, std::string_view content_type) {
  auto steps = test["steps"].items();
  return std::any_of(steps.begin(), steps.end(),
                     [&](const Value& step) { return step["contentType"].as_string() == content_type; });
}

// Replays the cases of a folder that send a body of this type.
Status replay_folder(const Corpus& corpus, const std::string& folder, std::string_view content_type, Report& report) {
  Fixtures fixtures;
  for (const std::string& file : corpus.files("kube/fixtures", ".json")) {
    TAUT_ASSIGN(Value objects, corpus.json(file));
    for (const Value& object : objects.items()) fixtures.add(object["body"]);
  }
  for (const std::string& file : corpus.files(folder, ".json")) {
    TAUT_ASSIGN(std::string text, corpus.text(file));
    TAUT_ASSIGN(Value test, parse_json(plain_masks(std::move(text))));
    if (!sends(test, content_type)) continue;
    std::string difference = Replay(fixtures).run(test);
    if (difference.empty()) {
      report.pass();
    } else {
      report.fail(test["id"].as_string(), difference);
    }
  }
  return {};
}

}  // namespace

Status kube_ssa(const Corpus& corpus, const std::string& folder, Report& report) {
  return replay_folder(corpus, folder, "application/apply-patch+yaml", report);
}

Status kube_strategic(const Corpus& corpus, const std::string& folder, Report& report) {
  return replay_folder(corpus, folder, "application/strategic-merge-patch+json", report);
}

}  // namespace taut::fidelity
