#include "render/memo.hh"

#include "base/strings.hh"
#include "value/json.hh"

namespace taut::render {

namespace {

constexpr size_t kEntriesPerKey = 4;

// An estimate of an object's memory by the number of its top fields; most are a few kilobytes.
constexpr size_t kBytesPerField = 768;

size_t weight(const ReadSet& seen, const Result<std::shared_ptr<const Rendered>>& outcome) {
  size_t bytes = seen.bytes() + sizeof(Rendered);
  if (!outcome) return bytes;
  for (const RenderedObject& item : (*outcome)->objects)
    bytes += sizeof item + item.origin.file.size() + item.object.size() * kBytesPerField;
  return bytes;
}

}  // namespace

Hash128 parameters_hash(const RenderInput& input) {
  std::string all;
  auto add = [&](std::string_view text) { fmt::format_to(std::back_inserter(all), "{}:{}\n", text.size(), text); };
  add(input.repository);
  add(input.path);
  add(to_json(input.source));
  add(input.application);
  add(input.kustomize_options);
  add(input.project);
  add(fmt::format("{} {}", input.argo_overrides, input.limits.combined_size));
  return hash128(all);
}

Hash128 cluster_hash(const RenderInput& input) {
  return hash128(fmt::format("{}\n{}\n{}", input.ns, input.kube_version, join(input.api_versions, "\n")));
}

Hash128 revision_hash(const RenderInput& input) { return hash128(input.revision); }

Result<std::shared_ptr<const Rendered>> Memo::render(const RenderInput& input) {
  Hash128 key = parameters_hash(input);
  std::optional<Hash128> tree_id;
  if (auto id = input.tree->fingerprint("")) tree_id = id->hash;
  if (auto entry = find(key, input, tree_id)) return entry->outcome;

  auto recorder = std::make_shared<const Recorder>(input.tree);
  RenderInput watched = input;
  watched.tree = recorder;
  watched.manifests = &manifests_;
  std::optional<ChartRecorder> charts;
  if (input.charts != nullptr) watched.charts = &charts.emplace(*input.charts);
  std::optional<RemoteRecorder> remotes;
  if (input.remotes != nullptr) watched.remotes = &remotes.emplace(*input.remotes);
  auto rendered = render::render(watched);
  Outcome outcome = Failure(Error(Code::kInternal, ""));
  if (rendered) {
    outcome = std::make_shared<const Rendered>(std::move(*rendered));
  } else {
    outcome = Failure(std::move(rendered).error());
  }
  // What was not found elsewhere may be there the next time.
  bool elsewhere = (charts && charts->asked()) || (remotes && remotes->asked());
  bool lasting = outcome || (!elsewhere && !outcome.error().transient() && outcome.error().code() != Code::kCancelled);
  {
    std::lock_guard lock(mutex_);
    ++stats_.misses;
  }
  if (!lasting) return outcome;
  auto entry = std::make_shared<Entry>(Entry{key, recorder->seen(), outcome, tree_id.value_or(Hash128{})});
  if (!outcome || (*outcome)->depends_on_cluster) entry->cluster = cluster_hash(input);
  if (!outcome || (*outcome)->depends_on_revision) entry->revision = revision_hash(input);
  if (charts) entry->charts = charts->answers();
  if (remotes) entry->remotes = remotes->answers();
  entry->bytes = weight(entry->seen, outcome);
  keep(std::move(entry));
  return outcome;
}

// Reads the tree without the lock: entries are shared and do not change but for `tree`.
std::shared_ptr<Memo::Entry> Memo::find(const Hash128& key, const RenderInput& input,
                                        const std::optional<Hash128>& tree_id) {
  std::vector<std::shared_ptr<Entry>> candidates;
  std::optional<Hash128> cluster;
  auto fits = [&](const Entry& entry) {
    if (entry.revision && *entry.revision != revision_hash(input)) return false;
    if (!entry.cluster) return true;
    if (!cluster) cluster = cluster_hash(input);
    return *entry.cluster == *cluster;
  };
  {
    std::lock_guard lock(mutex_);
    auto it = by_key_.find(key);
    if (it == by_key_.end()) return nullptr;
    for (auto entry : it->second) {
      if (fits(**entry)) candidates.push_back(*entry);
    }
    for (auto& entry : candidates) {
      if (tree_id && entry->tree == *tree_id && entry->charts.empty() && entry->remotes.empty()) {
        count_hit(entry);
        return entry;
      }
    }
  }
  for (auto& entry : candidates) {
    if (!entry->seen.still_true(*input.tree) || !still_true(entry->charts, input.charts) ||
        !still_true(entry->remotes, input.remotes))
      continue;
    std::lock_guard lock(mutex_);
    if (tree_id) entry->tree = *tree_id;
    count_hit(entry);
    return entry;
  }
  return nullptr;
}

// The lock is held. The entry may have been dropped meanwhile.
void Memo::count_hit(const std::shared_ptr<Entry>& entry) {
  ++stats_.hits;
  auto it = by_key_.find(entry->key);
  if (it == by_key_.end()) return;
  for (auto place : it->second) {
    if (*place == entry) entries_.splice(entries_.begin(), entries_, place);
  }
}

void Memo::keep(std::shared_ptr<Entry> entry) {
  std::lock_guard lock(mutex_);
  auto& siblings = by_key_[entry->key];
  if (siblings.size() >= kEntriesPerKey) {
    drop(siblings.front());
  }
  stats_.bytes += entry->bytes;
  Hash128 key = entry->key;
  entries_.push_front(std::move(entry));
  by_key_[key].push_back(entries_.begin());
  while (entries_.size() > 1 && (entries_.size() > limits_.entries || stats_.bytes > limits_.bytes)) {
    drop(std::prev(entries_.end()));
    ++stats_.evicted;
  }
  stats_.entries = entries_.size();
}

// The lock is held.
void Memo::drop(Entries::iterator place) {
  auto it = by_key_.find((*place)->key);
  std::erase(it->second, place);
  if (it->second.empty()) by_key_.erase(it);
  stats_.bytes -= (*place)->bytes;
  entries_.erase(place);
}

Memo::Stats Memo::stats() const {
  std::lock_guard lock(mutex_);
  return stats_;
}

void Memo::clear() {
  std::lock_guard lock(mutex_);
  by_key_.clear();
  entries_.clear();
  stats_.entries = stats_.bytes = 0;
}

}  // namespace taut::render
