#include "tree/recorder.hh"

#include "tree/path.hh"

namespace taut {

namespace {

Hash128 answer_of(const Error& error) {
  return hash128(fmt::format("error {} {}", static_cast<int>(error.code()), error.message()));
}

Hash128 answer_of(const Result<FileText>& text) { return text ? hash128(**text) : answer_of(text.error()); }

Hash128 answer_of(const Result<std::string>& text) { return text ? hash128(*text) : answer_of(text.error()); }

Hash128 answer_of(const Result<TreeEntry>& entry) {
  if (!entry) return answer_of(entry.error());
  return hash128(
      fmt::format("entry {}{}{}", static_cast<int>(entry->type), entry->executable ? 'x' : '-', entry->size));
}

// Sizes are left out: a listing is the same while only the contents of its files change.
Hash128 answer_of(const Result<std::vector<TreeEntry>>& entries) {
  if (!entries) return answer_of(entries.error());
  std::string all;
  for (const TreeEntry& entry : *entries) {
    fmt::format_to(std::back_inserter(all), "{}{}{}\n", static_cast<int>(entry.type), entry.executable ? 'x' : '-',
                   entry.name);
  }
  return hash128(all);
}

template <class T>
const Error* error_of(const Result<T>& result) {
  return result ? nullptr : &result.error();
}

}  // namespace

bool ReadSet::same(const Tree& tree, std::string_view path, const Item& item) const {
  if (item.read || item.listed) {
    bool equal = false;
    if (item.print) {
      auto now = tree.fingerprint(path);
      equal = now && now->hash == *item.print;
    }
    if (!equal && item.read && answer_of(tree.read(path)) != *item.read) return false;
    if (!equal && item.listed && answer_of(tree.list(path)) != *item.listed) return false;
  }
  if (item.stat && answer_of(tree.stat(path)) != *item.stat) return false;
  if (item.link && answer_of(tree.link(path)) != *item.link) return false;
  return true;
}

// Items from `from` to `to` are those inside `folder`, in the order of their paths.
bool ReadSet::folder_same(const Tree& tree, std::string_view folder, Items::const_iterator from,
                          Items::const_iterator to) const {
  bool whole = false;
  if (auto known = folders_.find(folder); known != folders_.end()) {
    auto now = tree.fingerprint(folder);
    whole = now && !now->through_symlink && now->hash == known->second;
  }
  while (from != to) {
    const auto& [path, item] = *from;
    if (whole) {
      if (item.anywhere && !same(tree, path, item)) return false;
      ++from;
      continue;
    }
    std::string_view rest =
        std::string_view(path).substr(folder.empty() ? 0 : std::min(path.size(), folder.size() + 1));
    size_t slash = rest.find('/');
    if (slash == rest.npos) {
      if (!same(tree, path, item)) return false;
      ++from;
      continue;
    }
    std::string inner = join_path(folder, rest.substr(0, slash));
    auto end = from;
    while (end != to && end->first.size() > inner.size() && is_inside(end->first, inner)) ++end;
    if (!folder_same(tree, inner, from, end)) return false;
    from = end;
  }
  return true;
}

bool ReadSet::still_true(const Tree& tree) const {
  return !passing_failure_ && folder_same(tree, "", items_.begin(), items_.end());
}

void ReadSet::merge(const ReadSet& other) {
  passing_failure_ = passing_failure_ || other.passing_failure_;
  for (const auto& [path, item] : other.items_) {
    Item& mine = items_[path];
    if (item.read) mine.read = item.read;
    if (item.listed) mine.listed = item.listed;
    if (item.stat) mine.stat = item.stat;
    if (item.link) mine.link = item.link;
    if (item.print) mine.print = item.print;
    mine.anywhere = mine.anywhere || item.anywhere;
  }
  folders_.insert(other.folders_.begin(), other.folders_.end());
}

size_t ReadSet::bytes() const {
  size_t total = sizeof *this;
  for (const auto& [path, item] : items_) total += path.capacity() + sizeof item + 64;
  for (const auto& [path, hash] : folders_) total += path.capacity() + sizeof hash + 64;
  return total;
}

// True unless it is certain that the answer about a path depends only on what its folder holds.
bool Recorder::may_leave_folder(std::string_view path) const {
  for (std::string_view here = path;; here = parent_path(here)) {
    auto entry = tree_->stat(here);
    if (entry) {
      if (entry->type == TreeEntry::Type::kSymlink) return true;
      auto folder = tree_->fingerprint(parent_path(here));
      return !folder || folder->through_symlink;
    }
    if (here.empty()) return true;
  }
}

void Recorder::note(std::string_view given, std::optional<Hash128> ReadSet::Item::*aspect, Hash128 answer,
                    const Error* error) const {
  auto clean = clean_path(given);
  if (!clean) return;  // refused by its text alone, whatever the tree holds
  const std::string& path = *clean;
  {
    std::lock_guard lock(mutex_);
    if (error != nullptr && error->transient()) seen_.passing_failure_ = true;
    if (auto known = seen_.items_.find(path); known != seen_.items_.end() && known->second.*aspect) return;
  }
  bool anywhere = may_leave_folder(path);
  std::optional<Hash128> print;
  if (error == nullptr && (aspect == &ReadSet::Item::read || aspect == &ReadSet::Item::listed)) {
    if (auto now = tree_->fingerprint(path)) print = now->hash;
  }
  std::lock_guard lock(mutex_);
  ReadSet::Item& item = seen_.items_[path];
  item.*aspect = answer;
  item.anywhere = item.anywhere || anywhere;
  if (print) item.print = print;
}

Result<Hash128> Recorder::id() const {
  auto id = tree_->id();
  // Everything below the root was seen: an answer that only the same root can give again.
  auto print = tree_->fingerprint("");
  std::lock_guard lock(mutex_);
  ReadSet::Item& item = seen_.items_[""];
  item.read = hash128("the whole tree");
  item.anywhere = true;
  if (print) item.print = print->hash;
  return id;
}

Result<std::vector<TreeEntry>> Recorder::list(std::string_view folder) const {
  auto entries = tree_->list(folder);
  note(folder, &ReadSet::Item::listed, answer_of(entries), error_of(entries));
  return entries;
}

Result<FileText> Recorder::read(std::string_view path) const {
  auto text = tree_->read(path);
  note(path, &ReadSet::Item::read, answer_of(text), error_of(text));
  return text;
}

Result<TreeEntry> Recorder::stat(std::string_view path) const {
  auto entry = tree_->stat(path);
  note(path, &ReadSet::Item::stat, answer_of(entry), error_of(entry));
  return entry;
}

Result<Fingerprint> Recorder::fingerprint(std::string_view path) const {
  auto print = tree_->fingerprint(path);
  // A fingerprint tells all that is below; only the same one gives that answer again.
  if (print) {
    std::lock_guard lock(mutex_);
    ReadSet::Item& item = seen_.items_[std::string(path)];
    item.read = print->hash;
    item.print = print->hash;
    item.anywhere = true;
  } else {
    note(path, &ReadSet::Item::stat, answer_of(tree_->stat(path)), &print.error());
  }
  return print;
}

Result<std::string> Recorder::link(std::string_view path) const {
  auto text = tree_->link(path);
  note(path, &ReadSet::Item::link, answer_of(text), error_of(text));
  return text;
}

ReadSet Recorder::seen() const {
  ReadSet out;
  {
    std::lock_guard lock(mutex_);
    out = seen_;
  }
  for (const auto& [path, item] : out.items_) {
    for (std::string_view folder = parent_path(path);; folder = parent_path(folder)) {
      if (out.folders_.contains(folder)) break;
      auto print = tree_->fingerprint(folder);
      if (print && !print->through_symlink) out.folders_.emplace(folder, print->hash);
      if (folder.empty()) break;
    }
  }
  return out;
}

}  // namespace taut
