#include "tree/recorder.hh"

#include <algorithm>
#include <iterator>

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

ReadSet::ReadSet(const Gathered& gathered, const Folders& folders, bool passing_failure) : passing_failure_(passing_failure) {
  size_t text = 0, count = 0;
  for (const auto& [path, answers] : gathered) {
    text += path.size();
    count += static_cast<size_t>(std::ranges::count_if(kAspects, [&a = answers](auto aspect) { return (a.*aspect).has_value(); }));
  }
  paths_.reserve(text);
  hashes_.reserve(count);
  items_.reserve(gathered.size());
  for (const auto& [path, answers] : gathered) {
    Item item{0, static_cast<uint32_t>(hashes_.size()), 0, answers.anywhere};
    for (size_t i = 0; i < std::size(kAspects); ++i) {
      const auto& answer = answers.*kAspects[i];
      if (!answer) continue;
      item.has |= static_cast<uint8_t>(1U << i);
      hashes_.push_back(*answer);
    }
    paths_ += path;
    item.path_end = static_cast<uint32_t>(paths_.size());
    items_.push_back(item);
  }
  folders_.reserve(folders.size());
  uint32_t item = 0;  // both are sorted: a folder's path begins that of the first item behind it
  for (const auto& [folder, print] : folders) {
    while (item < items_.size() && path(item) < folder) ++item;
    if (item < items_.size() && path(item).starts_with(folder)) folders_.push_back({item, static_cast<uint32_t>(folder.size()), print});
  }
}

std::string_view ReadSet::path(size_t item) const {
  uint32_t begin = item == 0 ? 0 : items_[item - 1].path_end;
  return std::string_view(paths_).substr(begin, items_[item].path_end - begin);
}

ReadSet::Answers ReadSet::answers(size_t item) const {
  const Item& packed = items_[item];
  Answers out;
  out.anywhere = packed.anywhere;
  const Hash128* next = hashes_.data() + packed.first;
  for (size_t i = 0; i < std::size(kAspects); ++i)
    if ((packed.has >> i & 1) != 0) out.*kAspects[i] = *next++;
  return out;
}

ReadSet::Gathered ReadSet::gathered() const {
  Gathered out;
  for (size_t i = 0; i < items_.size(); ++i) out.emplace_hint(out.end(), path(i), answers(i));
  return out;
}

bool ReadSet::contains(std::string_view wanted) const {
  size_t low = 0, high = items_.size();
  while (low < high) {
    size_t middle = (low + high) / 2;
    path(middle) < wanted ? low = middle + 1 : high = middle;
  }
  return low < items_.size() && path(low) == wanted;
}

const ReadSet::Folder* ReadSet::find_folder(std::string_view wanted) const {
  auto it = std::ranges::lower_bound(folders_, wanted, {}, [this](const Folder& folder) { return path(folder); });
  return it == folders_.end() || path(*it) != wanted ? nullptr : &*it;
}

bool ReadSet::same(const Tree& tree, size_t index) const {
  std::string_view where = path(index);
  Answers item = answers(index);
  if (item.read || item.listed) {
    bool equal = false;
    if (item.print) {
      auto now = tree.fingerprint(where);
      equal = now && now->hash == *item.print;
    }
    if (!equal && item.read && answer_of(tree.read(where)) != *item.read) return false;
    if (!equal && item.listed && answer_of(tree.list(where)) != *item.listed) return false;
  }
  if (item.stat && answer_of(tree.stat(where)) != *item.stat) return false;
  if (item.link && answer_of(tree.link(where)) != *item.link) return false;
  return true;
}

// Items from `from` to `to` are those inside `folder`, in the order of their paths.
bool ReadSet::folder_same(const Tree& tree, std::string_view folder, size_t from, size_t to) const {
  bool whole = false;
  if (const Folder* known = find_folder(folder)) {
    auto now = tree.fingerprint(folder);
    whole = now && !now->through_symlink && now->hash == known->print;
  }
  while (from != to) {
    if (whole) {
      if (items_[from].anywhere && !same(tree, from)) return false;
      ++from;
      continue;
    }
    std::string_view here = path(from);
    std::string_view rest = here.substr(folder.empty() ? 0 : std::min(here.size(), folder.size() + 1));
    size_t slash = rest.find('/');
    if (slash == rest.npos) {
      if (!same(tree, from)) return false;
      ++from;
      continue;
    }
    std::string inner = join_path(folder, rest.substr(0, slash));
    size_t end = from;
    while (end != to && path(end).size() > inner.size() && is_inside(path(end), inner)) ++end;
    if (!folder_same(tree, inner, from, end)) return false;
    from = end;
  }
  return true;
}

bool ReadSet::still_true(const Tree& tree) const { return !passing_failure_ && folder_same(tree, "", 0, items_.size()); }

void ReadSet::merge(const ReadSet& other) {
  Gathered all = gathered();
  for (auto& [path, item] : other.gathered()) {
    Answers& mine = all[path];
    for (auto aspect : kAspects)
      if (item.*aspect) mine.*aspect = item.*aspect;
    mine.anywhere = mine.anywhere || item.anywhere;
  }
  Folders folders;
  for (const ReadSet* set : {static_cast<const ReadSet*>(this), &other})
    for (const Folder& folder : set->folders_) folders.emplace(set->path(folder), folder.print);
  *this = ReadSet(all, folders, passing_failure_ || other.passing_failure_);
}

size_t ReadSet::bytes() const {
  return sizeof *this + paths_.capacity() + items_.capacity() * sizeof(Item) + hashes_.capacity() * sizeof(Hash128) +
         folders_.capacity() * sizeof(Folder);
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

void Recorder::note(std::string_view given, std::optional<Hash128> ReadSet::Answers::*aspect, Hash128 answer,
                    const Error* error) const {
  auto clean = clean_path(given);
  if (!clean) return;  // refused by its text alone, whatever the tree holds
  const std::string& path = *clean;
  {
    std::lock_guard lock(mutex_);
    if (error != nullptr && error->transient()) passing_failure_ = true;
    if (auto known = seen_.find(path); known != seen_.end() && known->second.*aspect) return;
  }
  bool anywhere = may_leave_folder(path);
  std::optional<Hash128> print;
  if (error == nullptr && (aspect == &ReadSet::Answers::read || aspect == &ReadSet::Answers::listed)) {
    if (auto now = tree_->fingerprint(path)) print = now->hash;
  }
  std::lock_guard lock(mutex_);
  ReadSet::Answers& item = seen_[path];
  item.*aspect = answer;
  item.anywhere = item.anywhere || anywhere;
  if (print) item.print = print;
}

Result<Hash128> Recorder::id() const {
  auto id = tree_->id();
  // Everything below the root was seen: an answer that only the same root can give again.
  auto print = tree_->fingerprint("");
  std::lock_guard lock(mutex_);
  ReadSet::Answers& item = seen_[""];
  item.read = hash128("the whole tree");
  item.anywhere = true;
  if (print) item.print = print->hash;
  return id;
}

Result<std::vector<TreeEntry>> Recorder::list(std::string_view folder) const {
  auto entries = tree_->list(folder);
  note(folder, &ReadSet::Answers::listed, answer_of(entries), error_of(entries));
  return entries;
}

Result<FileText> Recorder::read(std::string_view path) const {
  auto text = tree_->read(path);
  note(path, &ReadSet::Answers::read, answer_of(text), error_of(text));
  return text;
}

Result<TreeEntry> Recorder::stat(std::string_view path) const {
  auto entry = tree_->stat(path);
  note(path, &ReadSet::Answers::stat, answer_of(entry), error_of(entry));
  return entry;
}

Result<Fingerprint> Recorder::fingerprint(std::string_view path) const {
  auto print = tree_->fingerprint(path);
  // A fingerprint tells all that is below; only the same one gives that answer again.
  if (print) {
    std::lock_guard lock(mutex_);
    ReadSet::Answers& item = seen_[std::string(path)];
    item.read = print->hash;
    item.print = print->hash;
    item.anywhere = true;
  } else {
    note(path, &ReadSet::Answers::stat, answer_of(tree_->stat(path)), &print.error());
  }
  return print;
}

Result<std::string> Recorder::link(std::string_view path) const {
  auto text = tree_->link(path);
  note(path, &ReadSet::Answers::link, answer_of(text), error_of(text));
  return text;
}

ReadSet Recorder::seen() const {
  std::lock_guard lock(mutex_);
  ReadSet::Folders folders;
  for (const auto& [path, item] : seen_) {
    for (std::string_view folder = parent_path(path);; folder = parent_path(folder)) {
      if (folders.contains(folder)) break;
      auto print = tree_->fingerprint(folder);
      if (print && !print->through_symlink) folders.emplace(folder, print->hash);
      if (folder.empty()) break;
    }
  }
  return {seen_, folders, passing_failure_};
}

}  // namespace taut
