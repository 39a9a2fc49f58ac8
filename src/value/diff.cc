#include "value/diff.hh"

#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "base/strings.hh"
#include "value/json.hh"

namespace taut {
namespace {

bool plain_name(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-' || c == '$';
  });
}

class Differ {
 public:
  explicit Differ(std::vector<Change>& out) : out_(out) {}

  void compare(const std::string& path, const Value& before, const Value& after) {
    if (before == after) return;
    if (before.is_map() && after.is_map()) return maps(path, before, after);
    if (before.is_list() && after.is_list()) return lists(path, before, after);
    out_.push_back({shown(path), before, after});
  }

 private:
  static std::string shown(const std::string& path) { return path.empty() ? "." : path; }
  static std::string field(const std::string& path, std::string_view key) {
    return path + (plain_name(key) ? "." + std::string(key) : "[" + quote(key) + "]");
  }

  void maps(const std::string& path, const Value& before, const Value& after) {
    auto x = before.entries(), y = after.entries();
    for (size_t i = 0, j = 0; i < x.size() || j < y.size();) {
      int order = i == x.size() ? 1 : j == y.size() ? -1 : x[i].key().compare(y[j].key());
      if (order < 0) {
        removed(field(path, x[i].key()), x[i].value);
      } else if (order > 0) {
        added(field(path, y[j].key()), y[j].value);
      } else {
        compare(field(path, x[i].key()), x[i].value, y[j].value);
      }
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
  }

  void lists(const std::string& path, const Value& before, const Value& after) {
    std::string key = common_key(before, after);
    if (!key.empty()) return named(path, key, before, after);
    auto x = before.items(), y = after.items();
    size_t start = 0, x_end = x.size(), y_end = y.size();
    while (start < x_end && start < y_end && x[start] == y[start]) ++start;
    while (x_end > start && y_end > start && x[x_end - 1] == y[y_end - 1]) --x_end, --y_end;
    for (size_t i = start; i < std::max(x_end, y_end); ++i) {
      std::string item = path + "[" + std::to_string(i) + "]";
      if (i >= x_end) added(item, y[i]);
      else if (i >= y_end) removed(item, x[i]);
      else compare(item, x[i], y[i]);
    }
  }

  // The field that tells the items of both lists apart, or "".
  static std::string common_key(const Value& before, const Value& after) {
    for (std::string_view key : {"name", "key", "containerPort", "port", "mountPath", "type"})
      if (unique(before, key) && unique(after, key)) return std::string(key);
    return "";
  }

  static bool unique(const Value& list, std::string_view key) {
    std::unordered_map<Value, int> seen;
    for (const Value& item : list.items()) {
      const Value* name = item.find(key);
      if (name == nullptr || name->is_list() || name->is_map() || ++seen[*name] > 1) return false;
    }
    return true;
  }

  void named(const std::string& path, const std::string& key, const Value& before, const Value& after) {
    std::unordered_map<Value, const Value*> old;
    for (const Value& item : before.items()) old[item[key]] = &item;
    size_t changes = out_.size();
    for (const Value& item : before.items()) {
      const Value* other = nullptr;
      for (const Value& candidate : after.items())
        if (candidate[key] == item[key]) other = &candidate;
      if (other == nullptr) removed(selector(path, key, item), item);
      else compare(selector(path, key, item), item, *other);
    }
    for (const Value& item : after.items())
      if (!old.contains(item[key])) added(selector(path, key, item), item);
    // Nothing but the order has changed.
    if (out_.size() == changes) out_.push_back({shown(path), before, after});
  }

  static std::string selector(const std::string& path, const std::string& key, const Value& item) {
    const Value& name = item[key];
    return path + "[" + key + "=" + (name.is_string() ? name.str() : to_json(name)) + "]";
  }

  void added(std::string path, const Value& value) { out_.push_back({std::move(path), std::nullopt, value}); }
  void removed(std::string path, const Value& value) { out_.push_back({std::move(path), value, std::nullopt}); }

  std::vector<Change>& out_;
};

std::string print_value(const Value& value, size_t longest) {
  std::string text = to_json(value);
  if (text.size() <= longest) return text;
  while (longest > 0 && (text[longest] & 0xC0) == 0x80) --longest;
  return text.substr(0, longest) + "...";
}

}  // namespace

std::vector<Change> diff(const Value& before, const Value& after) {
  std::vector<Change> out;
  Differ(out).compare("", before, after);
  return out;
}

std::string print_diff(const std::vector<Change>& changes, const DiffPrintOptions& options) {
  constexpr std::string_view kRed = "\x1b[31m", kGreen = "\x1b[32m", kReset = "\x1b[0m";
  auto paint = [&](std::string_view color, const std::string& text) {
    return options.color ? std::string(color) + text + std::string(kReset) : text;
  };
  std::string out;
  for (const Change& change : changes) {
    out += change.path + ": ";
    std::string before = change.before ? print_value(*change.before, options.max_value) : "";
    std::string after = change.after ? print_value(*change.after, options.max_value) : "";
    if (!change.before) out += paint(kGreen, "+ " + after);
    else if (!change.after) out += paint(kRed, "- " + before);
    else out += paint(kRed, before) + " -> " + paint(kGreen, after);
    out += '\n';
  }
  return out;
}

}  // namespace taut
