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

#include "base/error.hh"
#include "base/time.hh"
#include "health/health.hh"

namespace taut {

// What surrounds the object; each part may be missing, sentences then leave out what needs it.
struct Surroundings {
  std::vector<Value> pods;        // that belong to the object
  std::vector<Value> events;      // about it and its pods
  std::vector<Value> related;     // what it names or stands beside: claims, storage classes, the pods a Service may mean
  std::optional<Time> now;        // to say for how long something has lasted
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
  // What is waited for and may be the same for many applications: "image ghcr.io/acme/web:v9"; empty when it is only this
  // object's own trouble.
  std::string waits_for = {};
  bool operator==(const Reason&) const = default;
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

// What the API server or an admission check said when an object was written.
struct Refusal {
  Value desired;            // as it was sent
  Value live;               // as it is in the cluster; null when it is not there
  std::string message;      // of the server, or of the sync's result
  std::string_view manager; // who wrote
  std::string provider;     // the application that brings the kind's CRD, if it is known
};

// Why a write was refused; nothing when no rule knows the message.
std::optional<Reason> explain_refusal(const Refusal& refusal, const Surroundings& around);

// Why there is nothing to compare with: what was said by a render, a repository or a cluster.
struct SourceTrouble {
  enum class Kind : uint8_t { kRender, kRepository, kCluster };
  Kind kind = Kind::kRender;
  std::string message;   // the whole of it
  Position position;     // of a render error, where it has one besides its words
  std::string subject;   // the repository's URL (without credentials) or the cluster
  bool refused = false;  // the credentials were
  std::string since;     // RFC 3339: when it began
  std::string revision;  // what the cluster shows, shortened
};
Reason explain_source(const SourceTrouble& trouble);

// "Sentence Next step. (raw on Pod web-1; waits for image X)": one line for a status or an event.
std::string reason_line(const Reason& reason);
// The parts of such a line that the above wrote: what is waited for; empty when nothing is.
std::string_view waited_for(std::string_view line);
// "3 applications wait for image X." for every cause that at least two lines share, the most frequent first.
std::vector<std::string> joined_causes(std::span<const std::string> lines);

}  // namespace taut
