// The file of one time zone of the IANA database (TZif, RFC 8536), as tzdata installs it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taut {

class ZoneFile {
 public:
  // Seconds since 1970; a period without begin or end has the least or greatest number.
  struct Period {
    int64_t begin, end;
    int32_t offset;                 // seconds east of Greenwich
    std::string_view abbreviation;  // "CET"; lives as long as the file
  };

  // Nothing when the bytes are no such file, or one with counts, indexes or a rule that make no sense.
  static std::optional<ZoneFile> parse(std::string_view bytes);

  // The time without a change of the clocks that holds `second`. After the last change the file lists, its rule for all
  // years to come counts, as in Go's time package.
  Period period(int64_t second) const;

 private:
  struct Kind {
    int32_t offset;
    std::string abbreviation;
  };
  // A day of each year, as the POSIX variable TZ names it, and the seconds from its midnight.
  struct Edge {
    char form = 'M';  // M month.week.weekday, J day without leap days from 1, n day from 0
    int month = 0, week = 0, day = 0;
    int32_t time = 7200;
    int64_t in(int year) const;
  };
  struct Rule {
    Kind standard, summer;
    bool has_summer = false;
    Edge start, end;
  };
  struct RuleText;

  bool read_changes(std::string_view bytes, size_t width);
  static std::optional<Rule> parse_rule(std::string_view text);
  Period by_rule(int64_t second, int64_t since) const;

  std::vector<int64_t> changes_;   // ascending
  std::vector<uint8_t> kind_of_;   // after each change
  std::vector<Kind> kinds_;        // at least one; the first counts before all changes
  std::optional<Rule> rule_;
};

}  // namespace taut
