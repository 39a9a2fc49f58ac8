#include "sandbox/journal.hh"

#include "io/store/sqlite.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

class SqliteJournal : public Journal {
 public:
  SqliteJournal(std::unique_ptr<store::Database> database, store::Statement put, store::Statement erase)
      : database_(std::move(database)), put_(std::move(put)), erase_(std::move(erase)) {}

  // One statement is one transaction.
  Status write(const StoreKey& key, uint64_t revision, std::string_view json) override {
    if (json.empty())
      return erase_.bind(1, static_cast<int64_t>(revision)).bind(2, key.resource).bind(3, key.path).run();
    return put_.bind(1, key.resource).bind(2, key.path).bind(3, static_cast<int64_t>(revision)).bind(4, json).run();
  }

 private:
  std::unique_ptr<store::Database> database_;
  store::Statement put_, erase_;
};

// Deleted objects stay as rows without text until the next start, so that their revisions are not given again.
// The rows are in the order of their making, beside the index: rows of a kilobyte inside an index cost a page each.
constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS objects (id INTEGER PRIMARY KEY, resource TEXT NOT NULL, path TEXT NOT NULL,"
    " revision INTEGER NOT NULL, object TEXT, UNIQUE (resource, path))";

Result<uint64_t> load(Cluster& cluster, store::Database& database) {
  TAUT_ASSIGN(store::Statement all, database.prepare("SELECT resource, path, revision, object FROM objects"));
  uint64_t newest = 1;
  for (;;) {
    TAUT_ASSIGN(bool more, all.step());
    if (!more) return newest;
    auto revision = static_cast<uint64_t>(all.number(2));
    newest = std::max(newest, revision);
    if (all.text(3).empty()) continue;
    if (!parse_json(all.text(3))) return fail(Code::kInvalid, "the data file holds a broken object {} {}", all.text(0), all.text(1));
    cluster.store.restore({std::string(all.text(0)), std::string(all.text(1))}, all.text(3), revision);
  }
}

Status keep_identity(store::Database& database, Identity& identity) {
  TAUT_TRY(database.execute("CREATE TABLE IF NOT EXISTS identity (name TEXT PRIMARY KEY, value TEXT NOT NULL)"));
  TAUT_ASSIGN(store::Statement insert, database.prepare("INSERT OR IGNORE INTO identity VALUES (?, ?)"));
  TAUT_ASSIGN(store::Statement select, database.prepare("SELECT value FROM identity WHERE name = ?"));
  for (auto [name, value] : {std::pair("token", &identity.token), std::pair("ca", &identity.tls.ca_pem),
                             std::pair("certificate", &identity.tls.certificate_pem), std::pair("key", &identity.tls.key_pem),
                             std::pair("signing-key", &identity.signing_key)}) {
    if (!value->empty()) TAUT_TRY(insert.bind(1, name).bind(2, *value).run());
    TAUT_ASSIGN(bool there, select.bind(1, name).step());
    if (!there) continue;
    *value = select.text(0);
    TAUT_TRY(select.step());
  }
  return {};
}

}  // namespace

Status open_journal(Cluster& cluster, const std::string& path, Identity& identity) {
  TAUT_ASSIGN(auto database, store::Database::open(path));
  TAUT_TRY(database->execute(kSchema));
  TAUT_TRY(keep_identity(*database, identity));
  TAUT_ASSIGN(uint64_t newest, load(cluster, *database));
  // The newest revision must survive the cleaning up, whoever had it.
  TAUT_TRY(database->execute(
      "DELETE FROM objects WHERE object IS NULL AND revision < (SELECT MAX(revision) FROM objects)"));
  TAUT_ASSIGN(store::Statement put, database->prepare("INSERT INTO objects (resource, path, revision, object) VALUES (?, ?, ?, ?) "
                                                      "ON CONFLICT (resource, path) DO UPDATE SET "
                                                      "revision = excluded.revision, object = excluded.object"));
  TAUT_ASSIGN(store::Statement erase,
              database->prepare("UPDATE objects SET object = NULL, revision = ? WHERE resource = ? AND path = ?"));
  cluster.store.attach(std::make_unique<SqliteJournal>(std::move(database), std::move(put), std::move(erase)), newest);
  return {};
}

}  // namespace taut::sandbox
