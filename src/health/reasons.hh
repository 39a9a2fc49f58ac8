// Why an object is red: one sentence in plain words, and the next step. CLI, pages, status and notices share them.
//
// Pure functions of what the caller has at hand; nothing is asked of a cluster. What is only guessed starts with
// "Probably". Secrets are never looked at.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "health/health.hh"

namespace taut {

// What surrounds the object; each part may be missing, sentences then leave out what needs it.
struct Surroundings {
  std::vector<Value> pods;        // that belong to the object
  std::vector<Value> events;      // about it and its pods
  std::string previous_revision;  // what a rollback would go back to, shortened
  std::string source;             // where the object stands in Git, "apps/web/deployment.yaml:12"
};

struct Reason {
  std::string_view name;  // of the rule: "image-not-found"; for grouping equal causes
  std::string sentence;   // "Image web:v9 was not found in ghcr.io."
  std::string next_step;  // "Push the tag or roll back to 1f3a9c2."
  std::string button;     // a verb, "Roll back"; empty when taut has none to offer
  std::string raw;        // Kubernetes' own word, "ImagePullBackOff"
  std::string object;     // which object it was seen on, "Pod web-7d9f-x2x4"
};

// A rule looks at one object, a Pod unless `kinds` says otherwise (names parted by blanks).
struct ReasonRule {
  std::string_view name;
  std::string_view kinds;
  std::optional<Reason> (*rule)(const Value& object, const Surroundings& around);
};

// In the order of trust: the first rule that has an answer wins.
std::span<const ReasonRule> reason_rules();

// Why this object is not healthy: a rule of its own kind, else the first reason among its pods. Nothing when no
// rule knows. Linear in pods times events.
std::optional<Reason> explain(const Value& object, const Surroundings& around);

}  // namespace taut
