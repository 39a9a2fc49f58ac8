#include "dialect/argo/appset/repository_files.hh"

#include <functional>

#include "base/strings.hh"
#include "lang/glob/glob.hh"

namespace taut::argo::appset {
namespace {

using Visit = std::function<Status(const std::string& path, const TreeEntry& entry)>;

Status walk(const Tree& tree, const std::string& folder, const Visit& visit) {
  TAUT_ASSIGN(auto entries, tree.list(folder));
  for (const TreeEntry& entry : entries) {
    std::string path = folder.empty() ? entry.name : folder + "/" + entry.name;
    TAUT_TRY(visit(path, entry));
  }
  return {};
}

// The part of a pattern before its first wildcard, up to a slash: nothing outside it can match.
std::string fixed_folder(std::string_view pattern) {
  std::string_view fixed = pattern.substr(0, pattern.find_first_of("*?[\\"));
  size_t slash = fixed.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(fixed.substr(0, slash));
}

}  // namespace

Result<std::vector<std::string>> folders_of(const Tree& tree) {
  std::vector<std::string> out;
  Visit visit = [&](const std::string& path, const TreeEntry& entry) -> Status {
    if (entry.type != TreeEntry::Type::kFolder || entry.name.starts_with('.')) return {};
    out.push_back(path);
    return walk(tree, path, visit);
  };
  TAUT_TRY(walk(tree, "", visit));
  return out;
}

Result<std::map<std::string, std::string>> files_of(const Tree& tree, std::string_view pattern) {
  std::map<std::string, std::string> out;
  pattern = trim_right(pattern.starts_with("./") ? pattern.substr(2) : pattern, "/");
  std::string literal;  // braces and commas are characters to git
  for (char c : pattern) {
    if (c == '{' || c == '}' || c == ',') literal += '\\';
    literal += c;
  }
  TAUT_ASSIGN(auto glob, Glob::compile(literal));
  TAUT_ASSIGN(auto below, Glob::compile(literal + "/*"));
  Visit visit = [&](const std::string& path, const TreeEntry& entry) -> Status {
    if (entry.type == TreeEntry::Type::kFolder) return walk(tree, path, visit);
    if (entry.type != TreeEntry::Type::kFile || !(glob.matches(path) || below.matches(path))) return {};
    TAUT_ASSIGN(auto text, tree.read(path));
    out.emplace(path, *text);
    return {};
  };
  std::string start = fixed_folder(pattern);
  if (auto walked = walk(tree, start, visit); !walked && walked.error().code() != Code::kNotFound) return fail(walked.error());
  return out;
}

}  // namespace taut::argo::appset
