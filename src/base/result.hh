// Result<T>: a T or an Error. Errors are returned, never thrown across a room's boundary.
//
//   TAUT_ASSIGN(auto tree, repository.tree(revision));   // returns the error from the enclosing function
//   TAUT_TRY(tree.check());
//   return fail(Code::kInvalid, "path {} is not there", path);
#pragma once

#include <fmt/format.h>

#include <tl/expected.hpp>
#include <utility>

#include "base/error.hh"

namespace taut {

template <class T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

using Failure = tl::unexpected<Error>;

template <class... Args>
Failure fail(Code code, fmt::format_string<Args...> format, Args&&... args) {
  return Failure(Error(code, fmt::format(format, std::forward<Args>(args)...)));
}

inline Failure fail(Error error) { return Failure(std::move(error)); }

}  // namespace taut

#define TAUT_CONCAT_(a, b) a##b
#define TAUT_CONCAT(a, b) TAUT_CONCAT_(a, b)

// Returns the error of `expression` from the enclosing function, if it has one.
#define TAUT_TRY(expression)                                                                  \
  do {                                                                                        \
    if (auto taut_try_result = (expression); !taut_try_result)                                \
      return ::tl::unexpected<::taut::Error>(std::move(taut_try_result).error());             \
  } while (false)

// Declares or assigns `target` from the value of `expression`, or returns its error.
#define TAUT_ASSIGN(target, expression) \
  TAUT_ASSIGN_(TAUT_CONCAT(taut_assign_, __LINE__), target, expression)
#define TAUT_ASSIGN_(name, target, expression)                                      \
  auto name = (expression);                                                         \
  if (!name) return ::tl::unexpected<::taut::Error>(std::move(name).error());       \
  target = std::move(*name)
