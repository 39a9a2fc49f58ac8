// Paths inside a Tree: relative, "/"-separated, "" for the root.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hh"

namespace taut {

// The path without ".", "..", empty parts and outer slashes. kForbidden when it is absolute or leads out of the
// root.
Result<std::string> clean_path(std::string_view path);

// True when a path is already in the form that Tree asks for.
bool is_clean_path(std::string_view path);

// "a" and "b/c" give "a/b/c"; an empty side gives the other.
std::string join_path(std::string_view folder, std::string_view name);

// "a/b/c" gives "a/b"; "a" gives "".
std::string_view parent_path(std::string_view path);

// "a/b/c" gives "c".
std::string_view base_name(std::string_view path);

// True when `path` is `folder` or lies below it.
bool is_inside(std::string_view path, std::string_view folder);

}  // namespace taut
