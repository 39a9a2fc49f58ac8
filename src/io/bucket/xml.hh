// XML as S3 servers answer it: elements with text or elements, without attributes, namespaces and definitions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"

namespace taut::bucket {

struct XmlElement {
  std::string name;
  std::string text;  // of it alone, entities decoded
  std::vector<XmlElement> children;

  // The text of the first child of that name; "" when there is none.
  std::string_view child(std::string_view name) const;
};

// The root element. Attributes, comments and instructions are passed over. kInvalid for what is not well-formed, for
// definitions of entities, and for more than 64 levels.
Result<XmlElement> read_xml(std::string_view text);

}  // namespace taut::bucket
