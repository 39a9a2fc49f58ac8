// Random sequences of applies and updates keep what field ownership promises.
#include <gtest/gtest.h>

#include <random>

#include "smd/smd.hh"
#include "smd/typed.hh"
#include "value/json.hh"

namespace taut::smd {
namespace {

class World {
 public:
  explicit World(unsigned seed) : random_(seed), kind_(*builtin_kind("apps/v1", "Deployment", "")) {}

  // A part of a Deployment: scalars, a map, a list by key, a set and an atomic list, each there or not.
  Value config() {
    Value out = parse_json(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"}})").value();
    if (chance()) out.edit("spec").set("replicas", pick(3));
    for (const char* key : {"a", "b", "c"})
      if (chance()) out.edit("metadata").edit("labels").set(key, std::to_string(pick(2)));
    for (const char* key : {"x/1", "x/2"})
      if (chance()) out.edit("metadata").edit("finalizers").push_back(key);
    Value& pod = out.edit("spec").edit("template").edit("spec");
    for (const char* name : {"one", "two", "three"}) {
      if (!chance()) continue;
      Value container = Value::map({{"image", "i" + std::to_string(pick(2))}, {"name", name}});
      if (chance()) container.set("args", Value::list({std::to_string(pick(2))}));
      for (const char* key : {"A", "B"})
        if (chance()) container.edit("env").push_back(Value::map({{"name", key}, {"value", std::to_string(pick(2))}}));
      pod.edit("containers").push_back(std::move(container));
    }
    return out;
  }

  void step() {
    now_ += std::chrono::seconds(1);
    std::string manager(1, static_cast<char>('m' + pick(3)));
    if (live_.is_null() || pick(3) > 0) {
      apply(config(), manager, pick(2) == 0);
    } else {
      Value object = live_;
      object.edit("metadata").edit("labels").set("u", std::to_string(pick(3)));
      live_ = update(kind_, live_, {object, manager, "", now_});
    }
    check_owners();
  }

  void apply(const Value& config, const std::string& manager, bool force) {
    auto out = smd::apply(kind_, live_, {config, manager, force, "", now_});
    if (!out) {
      ASSERT_EQ(out.error().code, 409) << out.error().message;
      ASSERT_FALSE(force);
      return;
    }
    live_ = *out;
    check_applied(config, manager);
  }

 private:
  bool chance() { return random_() % 2; }
  int pick(unsigned below) { return static_cast<int>(random_() % below); }
  const schema::Type& type() { return *kind_.type("apps/v1"); }

  // Everything that was applied is there with its value, and applying it again changes nothing.
  void check_applied(const Value& config, const std::string& manager) {
    Comparison changed = compare(config, live_, type());
    EXPECT_TRUE(changed.modified.empty()) << to_json(config) << "\n" << to_json(live_);
    EXPECT_TRUE(changed.removed.empty()) << to_json(config) << "\n" << to_json(live_);
    auto again = smd::apply(kind_, live_, {config, manager, false, "", now_ + std::chrono::seconds(9)});
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(to_json(*again), to_json(live_));
  }

  // Nobody owns what is not there, and what is written is read back the same.
  void check_owners() {
    auto managers = decode_managed_fields(live_["metadata"]["managedFields"]);
    ASSERT_TRUE(managers);
    EXPECT_EQ(encode_managed_fields(*managers), live_["metadata"]["managedFields"]);
    Set there = field_set(live_, type()).with_named_fields(type());
    for (const auto& [id, owned] : *managers) {
      EXPECT_FALSE(owned.set.empty());
      EXPECT_TRUE(owned.set.without(there).empty()) << id.manager << to_json(owned.set.without(there).encode()) << to_json(live_);
    }
  }

  std::mt19937 random_;
  KindInfo kind_;
  Value live_;
  Time now_ = *parse_rfc3339("2026-11-23T03:27:00Z");
};

TEST(Property, random_applies_and_updates_keep_the_owners_true) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    World world(seed);
    for (int i = 0; i < 25 && !::testing::Test::HasFailure(); ++i) world.step();
    ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace taut::smd
