// The comparison against server-side apply itself (room smd): a difference is seen exactly when an apply would make one.
#include <gtest/gtest.h>

#include <random>

#include "plan/compare.hh"
#include "smd/smd.hh"
#include "value/json.hh"

namespace taut::plan {
namespace {

Value json(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(Value());
}

constexpr std::string_view kDeployment = R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"d",
  "labels":{"app":"web"},"annotations":{"note":"1"}},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
  "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[
    {"name":"web","image":"nginx:1","command":["a","b"],"env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],
     "ports":[{"containerPort":80,"protocol":"TCP"},{"containerPort":443,"protocol":"TCP"}]}],
    "tolerations":[{"key":"x","operator":"Exists"}]}}}})";
constexpr std::string_view kService = R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"d"},
  "spec":{"selector":{"app":"web"},"ports":[{"port":80,"protocol":"TCP","name":"http","targetPort":80},{"port":443,"protocol":"TCP","name":"https","targetPort":443}],
  "externalIPs":["1.2.3.4"]}})";
constexpr std::string_view kConfigMap = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"d"},
  "data":{"a":"1","b":"2"}})";

// Changes an object at random: a scalar, an entry less, an entry more. Names and keys of lists stay.
class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}
  int pick(int below) { return static_cast<int>(random_() % static_cast<uint64_t>(below)); }

  void mutate(Value& object) {
    switch (pick(8)) {
      case 0: return set(object, {"metadata", "labels", "l" + std::to_string(pick(3))}, std::to_string(pick(3)));
      case 1:
        if (object["metadata"].contains("labels")) drop(object.edit("metadata").edit("labels"));
        return;
      case 2: return set(object, {"metadata", "annotations", "n" + std::to_string(pick(3))}, std::to_string(pick(3)));
      default: break;
    }
    std::string kind = object["kind"].str();
    if (kind == "ConfigMap") return pick(2) ? set(object, {"data", "k" + std::to_string(pick(3))}, "v") : drop(object.edit("data"));
    if (kind == "Service") return service(object.edit("spec"));
    deployment(object.edit("spec"));
  }

 private:
  void set(Value& object, const std::vector<std::string>& path, Value value) {
    Value* node = &object;
    for (const auto& key : path) node = &node->edit(key);
    *node = std::move(value);
  }
  void drop(Value& map) {
    if (map.entries().empty()) return;
    std::string key(map.entries()[static_cast<size_t>(pick(static_cast<int>(map.size())))].key());
    map.erase(key);
  }
  void drop_item(Value& list) {
    if (!list.items().empty()) list.erase_at(static_cast<size_t>(pick(static_cast<int>(list.size()))));
  }
  void service(Value& spec) {
    Value& ports = spec.edit("ports");
    switch (pick(4)) {
      case 0: return ports.push_back(Value::map({{"port", 1000 + pick(3)}, {"protocol", "TCP"}, {"name", "p" + std::to_string(pick(9))}, {"targetPort", 80}})), unique(ports, "port");
      case 1: return drop_item(ports);
      case 2: return spec.edit("selector").set("app", std::to_string(pick(3))), void();
      default: return spec.edit("externalIPs").push_back("5.6.7." + std::to_string(pick(3))), void();
    }
  }
  void deployment(Value& spec) {
    Value& containers = spec.edit("template").edit("spec").edit("containers");
    if (containers.items().empty()) return containers.push_back(Value::map({{"name", "web"}, {"image", "x"}})), void();
    Value& first = containers.edit(size_t{0});
    switch (pick(8)) {
      case 0: return spec.set("replicas", pick(5)), void();
      case 1: return containers.push_back(Value::map({{"name", "s" + std::to_string(pick(2))}, {"image", "s"}})), unique(containers, "name");
      case 2: return first.set("image", "nginx:" + std::to_string(pick(3))), void();
      case 3: return first.edit("env").push_back(Value::map({{"name", "E" + std::to_string(pick(3))}, {"value", std::to_string(pick(2))}})), unique(first.edit("env"), "name");
      case 4: return drop_item(first.edit("env"));
      case 5: return first.edit("command").push_back("c"), void();
      case 6: return drop_item(first.edit("ports"));
      default: return spec.edit("template").edit("spec").edit("tolerations").push_back(Value::map({{"key", "y" + std::to_string(pick(2))}})), void();
    }
  }
  static void unique(Value& list, std::string_view key) {
    for (size_t i = 0; i + 1 < list.size(); ++i)
      if (list[i][key] == list[list.size() - 1][key]) return list.erase_at(list.size() - 1);
  }
  std::mt19937_64 random_;
};

// Empty maps come and go with the server's own types; they mean nothing here.
Value without_empty_maps(const Value& value) {
  if (value.is_list()) {
    Value out = Value::list();
    for (const Value& item : value.items()) out.push_back(without_empty_maps(item));
    return out;
  }
  if (!value.is_map()) return value;
  Value out = Value::map();
  for (const auto& [key, item] : value.entries()) {
    Value inner = without_empty_maps(item);
    if (!inner.is_map() || !inner.empty()) out.set(key.as_string(), inner);
  }
  return out;
}

Value content(Value object) {
  object.edit("metadata").erase("managedFields");
  return without_empty_maps(object);
}

Value applied(const Value& live, const Value& config, const std::string& manager) {
  auto kind = smd::builtin_kind(config["apiVersion"].as_string(), config["kind"].as_string(), "");
  auto result = smd::apply(*kind, live, {config, manager, true, "", Time{}});
  EXPECT_TRUE(result) << (result ? "" : result.error().message);
  return result ? *result : live;
}

Value updated(const Value& live, Value object, const std::string& manager) {
  auto kind = smd::builtin_kind(live["apiVersion"].as_string(), live["kind"].as_string(), "");
  return smd::update(*kind, live, {std::move(object), manager, "", Time{}});
}

TEST(Predict, a_difference_is_seen_exactly_when_an_apply_makes_one) {
  int changed = 0, same = 0;
  for (std::string_view base : {kDeployment, kService, kConfigMap}) {
    for (uint64_t seed = 0; seed < 150; ++seed) {
      Mutator mutator(seed);
      Value desired = json(base);
      Value live = applied(nullptr, desired, "taut");
      for (int i = mutator.pick(3); i > 0; --i) {
        Value edited = live;
        mutator.mutate(edited);
        live = mutator.pick(3) ? updated(live, edited, "kubectl-edit") : applied(live, desired, "other");
      }
      for (int i = mutator.pick(3); i > 0; --i) mutator.mutate(desired);
      auto predicted = smd::predict(live, desired, "taut", true, Time{});
      ASSERT_TRUE(predicted) << predicted.error().message;
      bool wanted = content(*predicted) != content(live);
      auto found = compare(normalized(desired), live, {"taut", nullptr});
      std::string list;
      for (const auto& change : found) list += fmt::format("\n{}: {} -> {}", change.path, to_json(change.before), to_json(change.after));
      ASSERT_EQ(!found.empty(), wanted) << "seed " << seed << list << "\ndesired " << to_json(desired) << "\nlive " << to_json(live)
                                        << "\napplied " << to_json(content(*predicted));
      (wanted ? changed : same)++;
    }
  }
  EXPECT_GT(changed, 50);
  EXPECT_GT(same, 50);
}

}  // namespace
}  // namespace taut::plan
