// Scenarios: scripts of what happens, with what the engine asks for. TAUT_ACCEPT=1 rewrites what is expected.
//
//   # comment
//   unit web automated prune heal deleting=background option=CreateNamespace=true shut=10m manual overrun
//   commit SHA [REVISION]          the head of the repository, followed by objects, one a line:
//     Kind name key=value wave=N hook=PreSync,... policy=... option=...
//   run                            carries out effects until nothing is left
//   do N                           carries out N effects
//   set Kind/ns/name {merge patch} somebody else's hand;  erase Kind/ns/name
//   fail "effect line" CODE message
//   sync web [revision=SHA] [prune] [dry-run] [only=Kind/name] [rollback=ID] [option=X=Y];  terminate web;  refresh web [hard]
//   cause Kind/ns/name SENTENCE    what is found when it is asked why the object is not healthy
//   push;  pass DURATION;  kill;  limit DURATION of syncs, for a new process;  unserved Kind;  served Kind
//   ----
//   what the engine asked for and said
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/strings.hh"
#include "engine/test_world.hh"

namespace taut::engine {
namespace {

using Words = std::vector<std::string>;

const char* kRepo = "repo";

Gvk gvk_of(const std::string& kind) {
  static const std::map<std::string, Gvk> kKnown = {
      {"Deployment", {"apps", "v1", "Deployment"}},
      {"Job", {"batch", "v1", "Job"}},
      {"Application", {"argoproj.io", "v1alpha1", "Application"}},
      {"CustomResourceDefinition", {"apiextensions.k8s.io", "v1", "CustomResourceDefinition"}},
      {"Widget", {"example.com", "v1", "Widget"}}};
  auto it = kKnown.find(kind);
  return it == kKnown.end() ? Gvk{"", "v1", kind} : it->second;
}

ObjectId id_of(const std::string& text) {
  auto parts = split(text, '/');
  std::string kind(parts[0]);
  bool named = parts.size() == 3;
  return {gvk_of(kind).group, kind, named ? std::string(parts[1]) : "", std::string(parts.back())};
}

Words words_of(const std::string& line) {
  std::istringstream in(line);
  Words out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

Value object_of(const Words& words) {
  Gvk gvk = gvk_of(words[0]);
  Value metadata = Value::map({{"name", words[1]}});
  Value object = Value::map({{"apiVersion", gvk.api_version()}, {"kind", gvk.kind}});
  for (size_t i = 2; i < words.size(); ++i) {
    std::string_view key, value;
    cut(words[i], "=", key, value);
    if (key == "wave")
      metadata.edit("annotations").set(plan::kSyncWaveAnnotation, value);
    else if (key == "hook")
      metadata.edit("annotations").set(plan::kHookAnnotation, value);
    else if (key == "policy")
      metadata.edit("annotations").set(plan::kHookDeletePolicyAnnotation, value);
    else if (key == "option")
      metadata.edit("annotations").set(plan::kSyncOptionsAnnotation, value);
    else
      object.edit("spec").set(key, value);
  }
  if (gvk.kind == "CustomResourceDefinition")
    object.set("spec", Value::map({{"group", "example.com"}, {"scope", "Namespaced"}, {"names", Value::map({{"kind", "Widget"}})}}));
  object.set("metadata", metadata);
  return object;
}

// Shut until a time, but for what is said to pass.
class TestGate : public Gate {
 public:
  TestGate(Time until, bool manual, bool overrun) : until_(until), manual_(manual), overrun_(overrun) {}
  Answer ask(Time now, bool manual, std::optional<Time> started) const override {
    return {now >= until_ || (manual && manual_) || (started && overrun_), "", until_};
  }

 private:
  Time until_;
  bool manual_, overrun_;
};

UnitSpec unit_of(const Words& words, Time now) {
  UnitSpec spec;
  spec.name = words[1];
  spec.key = "argoproj.io/Application/argocd/" + words[1];
  spec.source = {kRepo, "main", words[1], Value::map({{"path", words[1]}})};
  spec.destination.ns = "shop";
  for (size_t i = 2; i < words.size(); ++i) {
    std::string_view key = words[i], value;
    cut(words[i], "=", key, value);
    if (key == "automated") spec.policy.automated = true;
    if (key == "prune") spec.policy.prune = true;
    if (key == "heal") spec.policy.self_heal = true;
    if (key == "option") spec.policy.options.emplace_back(value);
    if (key == "retry") spec.policy.retry = Retry{std::atoll(std::string(value).c_str())};
    if (key == "rollback-after") spec.rollback_after = *parse_go_duration(value);
    if (key == "revision") spec.source.revision = value;
    if (key == "shut")
      spec.gate = std::make_shared<TestGate>(now + *parse_go_duration(value), std::ranges::count(words, "manual") > 0,
                                             std::ranges::count(words, "overrun") > 0);
    if (key == "pre-delete") spec.pre_delete = true;
    if (key == "post-delete") spec.post_delete = true;
    if (key == "approved") spec.approved = now;
    if (key == "deleting") {
      spec.deleting = true;
      spec.deleting_since = now;
      spec.cascade = value == "background" ? Cascade::kBackground : value == "orphan" ? Cascade::kOrphan : Cascade::kForeground;
    }
  }
  spec.fingerprint = Value(join(words, " "));
  return spec;
}

class Script {
 public:
  std::string run(const std::vector<std::string>& lines) {
    world_.log.clear();
    for (size_t i = 0; i < lines.size(); ++i) {
      const std::string& line = lines[i];
      Words words = words_of(line);
      if (words.empty()) continue;
      std::vector<Value> objects;
      while (i + 1 < lines.size() && lines[i + 1].starts_with("  ")) objects.push_back(object_of(words_of(lines[++i])));
      command(words, line, objects);
    }
    std::string out;
    for (const auto& line : world_.log) out += line + "\n";
    for (const auto& effect : world_.waiting) out += "> " + TestWorld::line(effect) + "\n";
    return out;
  }

 private:
  static UnitKey key(const std::string& name) { return "argoproj.io/Application/argocd/" + name; }

  void command(const Words& words, const std::string& line, const std::vector<Value>& objects) {
    const std::string& verb = words[0];
    if (verb == "unit") return world_.specify(unit_of(words, world_.now));
    if (verb == "commit") return commit(words, objects);
    if (verb == "run") {
      EXPECT_TRUE(world_.settle()) << "no end";
      return;
    }
    if (verb == "do") {
      for (int i = std::stoi(words[1]); i > 0 && !world_.waiting.empty(); --i) world_.perform();
      return;
    }
    if (verb == "set") return set(id_of(words[1]), line.substr(line.find('{')));
    if (verb == "erase") return world_.erase(id_of(words[1]));
    if (verb == "fail") return fault(line);
    if (verb == "sync") return sync(words);
    if (verb == "terminate") return world_.tell(TerminateRequested{key(words[1])});
    if (verb == "refresh") return world_.tell(RefreshRequested{key(words[1]), words.size() > 2});
    if (verb == "cause") return void(world_.causes[id_of(words[1])] = join(Words(words.begin() + 2, words.end()), " "));
    if (verb == "push") return world_.tell(RepositoryChanged{kRepo});
    if (verb == "pass") return world_.pass(*parse_go_duration(words[1]));
    if (verb == "limit") {
      world_.sync_timeout = *parse_go_duration(words[1]);
      return world_.restart();
    }
    if (verb == "kill") return world_.restart();
    if (verb == "unserved") return world_.unserved.insert(words[1]), void();
    if (verb == "served") {
      world_.unserved.erase(words[1]);
      world_.waiting.push_back(WatchKind{gvk_of(words[1])});
      return;
    }
    if (verb == "resources") return resources(words[1]);
    FAIL() << "unknown command: " << line;
  }

  void commit(const Words& words, const std::vector<Value>& objects) {
    std::string revision = words.size() > 2 ? words[2] : "main";
    world_.heads[std::string(kRepo) + " " + revision] = words[1];
    world_.heads[std::string(kRepo) + " " + words[1]] = words[1];
    world_.renders[words[1] + " web"] = objects;
  }

  void set(const ObjectId& id, const std::string& patch) {
    Value object = world_.objects.contains(id) ? world_.objects[id] : Value();
    if (object.is_null()) {
      Gvk gvk = gvk_of(id.kind);
      object = Value::map({{"apiVersion", gvk.api_version()}, {"kind", gvk.kind}, {"metadata", Value::map({{"name", id.name}})}});
      if (!id.ns.empty()) object.edit("metadata").set("namespace", id.ns);
    }
    auto parsed = parse_json(patch);
    ASSERT_TRUE(parsed) << patch;
    for (const auto& [key, value] : parsed->entries()) {
      if (value.is_map() && object[key.as_string()].is_map())
        for (const auto& [inner, item] : value.entries()) object.edit(key.as_string()).set(inner.as_string(), item);
      else
        object.set(key.as_string(), value);
    }
    world_.put(object);
  }

  void fault(const std::string& line) {
    size_t open = line.find('"'), close = line.find('"', open + 1);
    Words rest = words_of(line.substr(close + 1));
    Code code = rest[0] == "unavailable" ? Code::kUnavailable : rest[0] == "forbidden" ? Code::kForbidden : Code::kInvalid;
    rest.erase(rest.begin());
    world_.faults[line.substr(open + 1, close - open - 1)].push_back(Error(code, join(rest, " ")));
  }

  void sync(const Words& words) {
    Operation operation;
    for (size_t i = 2; i < words.size(); ++i) {
      std::string_view name = words[i], value;
      cut(words[i], "=", name, value);
      if (name == "revision") operation.revision = value;
      if (name == "prune") operation.prune = true;
      if (name == "dry-run") operation.dry_run = true;
      if (name == "option") operation.options.emplace_back(value);
      if (name == "retry") operation.retry.limit = std::atoll(std::string(value).c_str());
      if (name == "rollback") operation.rollback_to = std::atoll(std::string(value).c_str());
      if (name == "only") {
        ObjectId id = id_of(std::string(value));
        operation.resources.push_back({id.group, id.kind, id.ns, id.name});
      }
    }
    world_.operations[key(words[1])] = operation;
    world_.tell(OperationRequested{key(words[1]), operation});
  }

  // What the status says of each object.
  void resources(const std::string& name) {
    const UnitStatus* status = world_.engine->status(key(name));
    for (const auto& r : status->resources)
      world_.log.push_back(fmt::format("{} {} {}{}", TestWorld::name(r.id), r.sync ? sync_name(*r.sync) : "-",
                                       r.health ? health_name(r.health->state) : "-", r.requires_pruning ? " prune" : ""));
    if (!status->operation) return;
    for (const auto& r : status->operation->results)
      world_.log.push_back(fmt::format("result {} {} {} {}: {}", TestWorld::name(r.id), plan::phase_name(r.phase), code_name(r.code),
                                       r.state ? phase_name(*r.state) : "-", r.message));
    for (const auto& h : status->history) world_.log.push_back(fmt::format("history {} {}", h.id, h.revision));
  }

  TestWorld world_;
};

// Replays a file; the text with the output that came.
std::string replay(const std::string& text) {
  Script script;
  std::istringstream in(text);
  std::string out, line;
  std::vector<std::string> commands;
  bool expecting = false;
  while (std::getline(in, line)) {
    if (line == "----") {
      out += "----\n" + script.run(commands);
      commands.clear();
      expecting = true;
    } else if (line.empty()) {
      out += "\n";
      expecting = false;
    } else if (!expecting) {
      out += line + "\n";
      if (!line.starts_with("#")) commands.push_back(line);
    }
  }
  return out;
}

class Scenario : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Scenario, goes_as_written) {
  std::ifstream in(GetParam());
  std::stringstream text;
  text << in.rdbuf();
  std::string got = replay(text.str());
  if (std::getenv("TAUT_ACCEPT"))
    std::ofstream(GetParam()) << got;
  else
    EXPECT_EQ(got, text.str());
}

std::vector<std::filesystem::path> scripts() {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(TAUT_SOURCE_DIR "/tests/scenario/engine"))
    if (entry.path().extension() == ".txt") out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

INSTANTIATE_TEST_SUITE_P(Engine, Scenario, testing::ValuesIn(scripts()), [](const auto& info) {
  std::string name = info.param.stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace taut::engine
