#include "engine/revisions.hh"

#include <algorithm>

#include "base/hash.hh"

namespace taut::engine {

bool is_full_sha(const std::string& revision) {
  return (revision.size() == 40 || revision.size() == 64) && revision.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void Revisions::follow(const UnitKey& unit, const Source& source, Time now) {
  std::set<Followed> wanted;
  for (const Source& part : source.each()) wanted.emplace(part.repo, part.revision);
  auto it = followed_.find(unit);
  if (it != followed_.end() && *it->second == wanted) return;
  unfollow(unit);
  for (const auto& [repo, revision] : wanted) {
    auto [place, fresh] = repos_.try_emplace(repo);
    if (fresh) schedule(repo, place->second, now + pause(repo, 0));
    due_.insert(repo);
    Entry& entry = place->second.revisions[revision];
    entry.units.insert(unit);
    if (!is_full_sha(revision)) continue;
    entry.answer.sha = revision;
    entry.due = false;
  }
  if (*last_followed_ != wanted) last_followed_ = std::move(wanted);
  followed_[unit] = last_followed_;
}

void Revisions::unfollow(const UnitKey& unit) {
  auto it = followed_.find(unit);
  if (it == followed_.end()) return;
  for (const auto& [repo, revision] : *it->second) {
    auto place = repos_.find(repo);
    Entry& entry = place->second.revisions[revision];
    entry.units.erase(unit);
    if (entry.units.empty()) place->second.revisions.erase(revision);
    if (!place->second.revisions.empty()) continue;
    schedule_.erase({place->second.next, repo});
    repos_.erase(place);
  }
  followed_.erase(it);
}

Revisions::Answer Revisions::answer(const Source& source) const {
  Answer out;
  bool known = true;
  for (const Source& part : source.each()) {
    const Answer& one = answer(part.repo, part.revision);
    if (!out.error) out.error = one.error;
    known = known && !one.sha.empty();
    if (!out.sha.empty()) out.sha += ',';
    out.sha += one.sha;
  }
  if (!known) out.sha.clear();
  return out;
}

size_t Revisions::failed_part(const Source& source) const {
  auto parts = source.each();
  for (size_t i = 0; i < parts.size(); ++i)
    if (answer(parts[i].repo, parts[i].revision).error) return i;
  return 0;
}

const Revisions::Answer& Revisions::answer(const std::string& repo, const std::string& revision) const {
  static const Answer kUnknown;
  auto place = repos_.find(repo);
  if (place == repos_.end()) return kUnknown;
  auto entry = place->second.revisions.find(revision);
  return entry == place->second.revisions.end() ? kUnknown : entry->second.answer;
}

void Revisions::hurry(const std::string& repo, Time now) {
  if (auto it = repos_.find(repo); it != repos_.end()) schedule(repo, it->second, now);
}

void Revisions::schedule(const std::string& url, Repo& repo, Time next) {
  schedule_.erase({repo.next, url});
  repo.next = next;
  schedule_.emplace(next, url);
}

Duration Revisions::pause(const std::string& repo, int failures) const {
  if (failures > 0) return std::min<Duration>(interval_, std::chrono::seconds(2) * (1 << std::min(failures - 1, 10)));
  if (jitter_.count() <= 0) return interval_;
  return interval_ + Duration(static_cast<int64_t>(hash64(repo) % static_cast<uint64_t>(jitter_.count())));
}

std::set<UnitKey> Revisions::resolved(const RevisionResolved& event, Time now) {
  auto place = repos_.find(event.repo);
  if (place == repos_.end()) return {};
  Repo& repo = place->second;
  auto it = repo.revisions.find(event.revision);
  if (it == repo.revisions.end()) return {};
  Entry& entry = it->second;
  entry.asking = false;
  entry.due = std::exchange(entry.again, false);
  if (entry.due) due_.insert(event.repo);
  bool changed = event.sha ? entry.answer.sha != *event.sha || entry.answer.error.has_value()
                           : !entry.answer.error || entry.answer.error->message() != event.sha.error().message();
  if (event.sha) {
    entry.answer = {*event.sha, std::nullopt};
    repo.failures = 0;
  } else {
    entry.answer.error = event.sha.error();
    ++repo.failures;
    schedule(event.repo, repo, std::min(repo.next, now + pause(event.repo, repo.failures)));
  }
  return changed ? entry.units : std::set<UnitKey>{};
}

void Revisions::ask(Time now, std::vector<Effect>& effects) {
  while (!schedule_.empty() && schedule_.begin()->first <= now) {
    std::string url = schedule_.begin()->second;
    Repo& repo = repos_.at(url);
    for (auto& [revision, entry] : repo.revisions) {
      if (is_full_sha(revision)) continue;
      entry.due = true;
      entry.again = entry.asking;
    }
    due_.insert(url);
    schedule(url, repo, now + pause(url, repo.failures));
  }
  for (const auto& url : std::exchange(due_, {}))
    if (auto it = repos_.find(url); it != repos_.end()) ask(url, it->second, effects);
}

void Revisions::ask(const std::string& url, Repo& repo, std::vector<Effect>& effects) {
  for (auto& [revision, entry] : repo.revisions) {
    if (!entry.due || entry.asking) continue;
    entry.due = false;
    entry.asking = true;
    effects.push_back(ResolveRevision{url, revision});
  }
}

std::optional<Time> Revisions::next() const {
  return schedule_.empty() ? std::nullopt : std::optional(schedule_.begin()->first);
}

}  // namespace taut::engine
