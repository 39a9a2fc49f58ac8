// Messages of fail and required, as Helm marks them in the errors that Go's templates wrap around them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taut::gotmpl {

// The message between marks that no template writes.
std::string mark_failure(std::string_view message);

// What the outermost marks in an error's text hold; nothing when there are none. An error that has them is shown as
// "execution error at (FILE:LINE:COLUMN): MESSAGE".
std::optional<std::string_view> marked_failure(std::string_view error);

}  // namespace taut::gotmpl
