// Which commit each revision of each repository names, and when to ask again.
//
// A repository is asked once for all Units that use it, every poll interval plus a jitter that its URL decides, at
// once when a push is announced, and sooner after a failure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/event.hh"

namespace taut::engine {

class Revisions {
 public:
  struct Answer {
    std::string sha;             // empty until known
    std::optional<Error> error;  // of the last attempt
  };

  Revisions(Duration interval, Duration jitter) : interval_(interval), jitter_(jitter) {}

  // A Unit follows the revision of this source, or of each of its parts, instead of what it followed before.
  void follow(const UnitKey& unit, const Source& source, Time now);
  void unfollow(const UnitKey& unit);
  // The answer for a source that is followed: of several parts all the SHAs with commas between, once all are known,
  // and the first error.
  Answer answer(const Source& source) const;
  // Which part has the error of `answer`, from 0.
  size_t failed_part(const Source& source) const;
  // Ask a repository, or one Unit's, as soon as possible.
  void hurry(const std::string& repo, Time now);

  // Takes an answer in; the Units that it concerns.
  std::set<UnitKey> resolved(const RevisionResolved& event, Time now);
  // Adds what is due to be asked.
  void ask(Time now, std::vector<Effect>& effects);
  std::optional<Time> next() const;

 private:
  struct Entry {
    std::set<UnitKey> units;
    Answer answer;
    bool asking = false;
    bool again = false;  // a push was announced while the question was on its way
    bool due = true;
  };
  struct Repo {
    std::map<std::string, Entry> revisions;
    Time next{};
    int failures = 0;
  };
  Duration pause(const std::string& repo, int failures) const;
  void schedule(const std::string& url, Repo& repo, Time next);
  using Followed = std::pair<std::string, std::string>;  // repository and revision
  const Answer& answer(const std::string& repo, const std::string& revision) const;
  static void ask(const std::string& url, Repo& repo, std::vector<Effect>& effects);

  Duration interval_;
  Duration jitter_;
  std::map<std::string, Repo> repos_;
  std::set<std::pair<Time, std::string>> schedule_;  // each repository once, by Repo::next
  std::set<std::string> due_;                        // repositories with a question to ask
  std::map<UnitKey, Shared<std::set<Followed>>> followed_;
  Shared<std::set<Followed>> last_followed_;  // by the Unit that came last: most follow the same
};

// A full commit SHA names itself, and so does a SHA-256.
bool is_full_sha(const std::string& revision);

}  // namespace taut::engine
