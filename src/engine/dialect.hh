// Dialect: what one tool's custom resources mean to the engine, and how what the engine says is written back to them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/event.hh"
#include "engine/ownership.hh"

namespace taut::engine {

// Lives on the controller's strand: it is called from one thread at a time and must not block.
class Dialect {
 public:
  virtual ~Dialect() = default;

  struct Watched {
    Gvk gvk;
    ListOptions options;
  };
  // A Kubernetes event about a custom resource.
  struct Note {
    Value about;
    std::string type;  // "Normal" or "Warning"
    std::string reason;
    std::string message;
    Value annotations = {};  // of the event; null: none
  };
  struct Turn {
    std::vector<Event> events;
    std::vector<WriteRequest> writes;  // of the dialect's own; `wrote` hears of each
    std::vector<Watched> watches;      // to be watched from now on
    std::vector<Note> notes;
    // The answer to `tell`: what writes the status. Nothing: it is as it should be already.
    std::optional<WriteRequest> status = {};
  };

  // A service account of the cluster around that shows a token for these audiences elsewhere.
  struct TokenOf {
    std::string ns, account;  // empty: none
    std::vector<std::string> audiences;
    bool operator==(const TokenOf&) const = default;
  };
  // Where the objects of a Unit live, and as whom they are written.
  struct Place {
    std::string cluster;     // what names it, such as "team/kubeconfig"; empty: the cluster around
    std::string kubeconfig;  // that leads there; holds credentials, unless there is a token
    TokenOf token;
    std::string user;        // who is impersonated by writes; empty: nobody
    // What tells apart how it is reached; no secret.
    std::string name() const;
    bool operator==(const Place&) const = default;
  };

  // How its objects are marked; lives as long as the dialect.
  virtual const Ownership& ownership() const = 0;
  // What is to be watched from the beginning.
  virtual std::vector<Watched> watched() const = 0;
  // A change in one of the watches.
  virtual Turn changed(const Watched& watch, const WatchEvent& event, Time now) = 0;
  // Something that is not watched may have changed, or the time has come that `wake` named.
  virtual Turn look(Time now) = 0;
  virtual std::optional<Time> wake() const = 0;
  // Whether a Unit is this dialect's.
  virtual bool has(const UnitKey& unit) const = 0;
  // As of the last event that told of the Unit.
  virtual Place place(const UnitKey&) const { return {}; }
  // The engine's effects that end in the custom resource.
  virtual Turn tell(const WriteStatus& effect, Time now) = 0;
  virtual Turn tell(const ReleaseUnit& effect) = 0;
  // A write of this dialect was answered.
  virtual void wrote(const WriteRequest& request, const Result<WriteResult>& result, Time now) = 0;
};

}  // namespace taut::engine
