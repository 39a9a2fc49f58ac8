#include "smd/updater.hh"

namespace taut::smd {
namespace {

tl::unexpected<UpdateFailure> failure(std::string message) {
  return tl::unexpected(UpdateFailure{{}, std::move(message)});
}

void drop_empty(ManagedFields& managers) {
  std::erase_if(managers, [](const auto& entry) { return entry.second.set.empty(); });
}

}  // namespace

UpdateResult<Updater::Versioned> Updater::at_version(const Value& object, const std::string& api_version) const {
  Versioned out{object, kind_.type(api_version)};
  if (!out.type || object["apiVersion"].as_string() == api_version) return out;
  if (!kind_.convert) {
    out.object.set("apiVersion", api_version);
    return out;
  }
  auto converted = kind_.convert(object, api_version);
  if (!converted) return failure(converted.error().message());
  out.object = std::move(*converted);
  return out;
}

UpdateResult<ManagedFields> Updater::reconciled(const Value& live, ManagedFields managers) const {
  for (auto it = managers.begin(); it != managers.end();) {
    auto versioned = at_version(live, it->second.api_version);
    if (!versioned) return tl::unexpected(versioned.error());
    if (!versioned->type) {
      it = managers.erase(it);
      continue;
    }
    if (auto changed = reconcile(it->second.set, *versioned->type)) it->second.set = std::move(*changed);
    ++it;
  }
  return managers;
}

UpdateResult<Comparison> Updater::comparison_at(const Value& live, const Value& object,
                                                const std::string& api_version, bool& missing) const {
  auto before = at_version(live, api_version);
  if (!before) return failure("failed to convert old object: " + before.error().message);
  auto after = at_version(object, api_version);
  if (!after) return failure("failed to convert new object: " + after.error().message);
  missing = !before->type;
  if (missing) return Comparison();
  Comparison out = compare(before->object, after->object, *before->type);
  if (!out.problems.empty()) return failure("failed to compare objects: " + to_string(out.problems));
  out.removed = out.removed.without_recursively(kind_.reset);
  out.modified = out.modified.without_recursively(kind_.reset);
  out.added = out.added.without_recursively(kind_.reset);
  return out;
}

UpdateResult<Comparison> Updater::take_over(const Value& live, const Value& object, ManagedFields& managers,
                                            const ManagerId& manager, bool force) const {
  bool missing = false;
  auto own = comparison_at(live, object, kind_.api_version, missing);
  if (!own) return own;
  std::map<std::string, Comparison> versions{{kind_.api_version, *own}};

  std::map<ManagerId, Set> conflicts, removed;
  for (auto it = managers.begin(); it != managers.end();) {
    const auto& [id, owned] = *it;
    if (id == manager) {
      ++it;
      continue;
    }
    auto found = versions.find(owned.api_version);
    if (found == versions.end()) {
      auto other = comparison_at(live, object, owned.api_version, missing);
      if (!other) return other;
      if (missing) {
        it = managers.erase(it);
        continue;
      }
      found = versions.emplace(owned.api_version, std::move(*other)).first;
    }
    const Comparison& changes = found->second;
    Set conflict = owned.set.intersected(changes.modified.united(changes.added));
    if (!conflict.empty()) conflicts[id] = std::move(conflict);
    if (!changes.removed.empty()) removed[id] = changes.removed;
    ++it;
  }

  if (!force && !conflicts.empty()) {
    UpdateFailure out;
    for (const auto& [id, set] : conflicts)
      set.for_each([&, &manager = id](const Path& path) { out.conflicts.push_back({manager, path}); });
    return tl::unexpected(std::move(out));
  }
  for (auto& [id, set] : conflicts) managers[id].set = managers[id].set.without(set);
  for (auto& [id, set] : removed) managers[id].set = managers[id].set.without(set);
  drop_empty(managers);
  return own;
}

UpdateResult<ManagedFields> Updater::update(const Value& live, const Value& object, ManagedFields managers,
                                            const ManagerId& manager) const {
  auto today = reconciled(live, std::move(managers));
  if (!today) return today;
  auto changes = take_over(live, object, *today, manager, true);
  if (!changes) return tl::unexpected(changes.error());
  Owned& own = (*today)[manager];
  own.set = own.set.without(changes->removed)
                .united(changes->modified)
                .united(changes->added)
                .without_recursively(kind_.reset);
  own.api_version = kind_.api_version;
  own.applied = false;
  if (own.set.empty()) today->erase(manager);
  return today;
}

UpdateResult<Updated> Updater::apply(const Value& live, const Value& config, ManagedFields managers,
                                     const ManagerId& manager, bool force) const {
  const schema::Type* type = kind_.type(kind_.api_version);
  if (!type) return failure("no corresponding type for " + kind_.api_version + ", Kind=" + kind_.kind);
  auto today = reconciled(live, std::move(managers));
  if (!today) return tl::unexpected(today.error());
  Updated out{{}, std::move(*today), false};

  Merged merged = merge(&live, &config, *type);
  if (!merged.problems.empty()) return failure("failed to merge config: " + to_string(merged.problems));

  std::optional<Owned> last;
  if (auto known = out.managers.find(manager); known != out.managers.end()) last = known->second;
  Owned own{field_set(config, *type).without_recursively(kind_.reset), kind_.api_version, true,
            last ? last->time : Value()};
  out.managers[manager] = std::move(own);

  auto pruned = prune(merged.value.value_or(Value()), out.managers, manager, last ? &*last : nullptr);
  if (!pruned) return failure("failed to prune fields: " + pruned.error().message);
  out.object = std::move(*pruned);
  auto taken = take_over(live, out.object, out.managers, manager, force);
  if (!taken) return tl::unexpected(taken.error());
  out.unchanged = live == out.object;
  return out;
}

// Removes what the manager applied last time and, now, neither it nor anybody else claims.
UpdateResult<Value> Updater::prune(const Value& merged, const ManagedFields& managers, const ManagerId& manager,
                                   const Owned* last) const {
  if (!last || last->set.empty()) return merged;
  // Nothing is dropped, so nothing is to be pruned: the common case, and the cheap one.
  const Owned& own = managers.at(manager);
  if (last->api_version == own.api_version && last->set.without(own.set).empty()) return merged;
  auto old = at_version(merged, last->api_version);
  if (!old) return failure("failed to convert merged object to last applied version: " + old.error().message);
  if (!old->type) return merged;
  const schema::Type& type = *old->type;
  Set last_set = last->set.with_named_fields(type);

  Value pruned = remove_items(old->object, last_set, type);
  auto with_owned = add_back_owned(old->object, std::move(pruned), last->api_version, managers);
  if (!with_owned) return failure("failed add back owned items: " + with_owned.error().message);

  // What goes must have been the manager's own: anything else comes back.
  auto back = at_version(*with_owned, last->api_version);
  if (!back) return failure("failed add back dangling items: " + back.error().message);
  Set pruned_set = field_set(back->object, type).with_named_fields(type);
  Set merged_set = field_set(old->object, type).with_named_fields(type);
  Value rest = remove_items(old->object, merged_set.without(pruned_set).intersected(last_set), type);

  auto out = at_version(rest, managers.at(manager).api_version);
  if (!out) return tl::unexpected(out.error());
  return out->object;
}

UpdateResult<Value> Updater::add_back_owned(const Value& merged, Value pruned, const std::string& version,
                                            const ManagedFields& managers) const {
  std::map<std::string, Set> by_version;
  for (const auto& [id, owned] : managers) {
    Set& set = by_version[owned.api_version];
    set = set.united(owned.set);
  }
  // The version of the pruning first, so that a later conversion finds the fields that it needs.
  std::vector<std::string> order;
  if (by_version.contains(version)) order.push_back(version);
  for (const auto& [other, set] : by_version)
    if (other != version) order.push_back(other);

  Value whole = merged;
  for (const std::string& at : order) {
    auto merged_at = at_version(whole, at);
    if (!merged_at) return failure("failed to convert merged object at version " + at + ": " + merged_at.error().message);
    if (!merged_at->type) continue;
    auto pruned_at = at_version(pruned, at);
    if (!pruned_at) return failure("failed to convert pruned object at version " + at + ": " + pruned_at.error().message);
    const schema::Type& type = *merged_at->type;
    Set all = field_set(merged_at->object, type).with_named_fields(type);
    Set kept = field_set(pruned_at->object, type).with_named_fields(type).united(
        by_version[at].with_named_fields(type));
    whole = merged_at->object;
    pruned = remove_items(whole, all.without(kept), type);
  }
  return pruned;
}

}  // namespace taut::smd
