// What smimezip.hpp promises of sets that are not as they should be: what state they are in, copies
// of parts, parts that are missing or damaged; and of exports that would be made.
//
//   states SAMPLE_FOLDER VECTORS_FOLDER SCRATCH_FOLDER
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <smimezip.hpp>
#include <string>
#include <utility>
#include <vector>

#include "checks.hpp"

namespace {

namespace fs = std::filesystem;

const std::string stem = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21";

std::string name_of(const std::string &kind) { return stem + "." + kind + ".smime"; }

/** A folder with some parts of the sample: {kind, the kind in the name of the copy}. */
fs::path folder_of(const fs::path &scratch, const fs::path &sample,
                   const std::vector<std::pair<std::string, std::string>> &parts) {
    const fs::path folder = scratch / "states";
    fs::remove_all(folder);
    fs::create_directories(folder);
    for (const auto &[kind, name] : parts) {
        fs::copy_file(sample / name_of(kind), folder / name_of(name));
    }
    return folder;
}

struct oops {};

class broken : public smz::source {
    std::size_t read_at(std::uint64_t, std::uint8_t *, std::size_t) override { throw oops(); }
    std::uint64_t size() override { return 1000; }
};

template <class T> bool has(const std::vector<T> &names, const std::string &kind) {
    return std::find(names.begin(), names.end(), name_of(kind)) != names.end();
}

void of_states(const fs::path &scratch, const fs::path &sample, const smz::keyring &keys) {
    using clock = std::chrono::system_clock;
    auto folder = folder_of(scratch, sample, {{"z02", "z02 (1)"}, {"zip", "zip"}});
    const auto list = smz::set_list::discover(folder);
    CHECK(list.size() == 1 && !list.empty() && list[0].name() == stem);
    fails(SMZ_ERR_NOT_FOUND, [&] { list[1]; }, __LINE__);
    const auto statuses = list.find_statuses(keys);
    CHECK(statuses.size() == 1 && !statuses.empty());
    for (const auto &status : statuses) {
        CHECK(status.name() == stem && status.verdict() == SMZ_VERDICT_MISSING);
        CHECK(status.verdict_code() == "missing" && !status.is_complete());
        CHECK(status.key_fits() == true && status.total() == 4u && status.bytes() > 90000);
        CHECK(status.created() && *status.created() < clock::now() + std::chrono::hours(1));
        CHECK(status.parts().size() == 2 && has(status.parts(), "z02 (1)"));
        CHECK(status.missing().size() == 2 && has(status.missing(), "z03"));
        CHECK(status.stand_ins().size() == 1 && has(status.stand_ins(), "z02 (1)"));
        CHECK(status.recipients().size() == 1 && status.duplicates().empty());
        CHECK(status.unfinished().empty() && status.conflicting().empty() && !status.damage());
    }
    fails(SMZ_ERR_NOT_FOUND, [&] { statuses[1]; }, __LINE__);
    const auto set = smz::set::discover(sample);
    const auto unknown = smz::find_status(set, smz::keyring());
    CHECK(unknown[0].verdict() == SMZ_VERDICT_NO_KEY && !unknown[0].total());
    CHECK(!unknown[0].key_fits() && smz::find_status(set, keys)[0].is_complete());
    const smz::cancel cancel;
    smz::options stopping;
    stopping.cancelled_by(cancel);
    cancel.trigger();
    fails(SMZ_ERR_CANCELLED, [&] { list.find_statuses(keys, stopping); }, __LINE__);

    smz::set served;
    served.add(name_of("zip"), std::make_unique<broken>());
    bool thrown = false;
    try {
        smz::find_status(served, keys);
    } catch (const oops &) {
        thrown = true;
    }
    CHECK(thrown);

    std::ofstream(folder / name_of("z01")).close();
    const auto damaged = smz::set_list::discover(folder).find_statuses(keys);
    const auto damage = damaged[0].damage();
    CHECK(damaged[0].verdict() == SMZ_VERDICT_DAMAGED && damage);
    CHECK(damage->status() == SMZ_ERR_CORRUPT && damage->part() == name_of("z01"));
    CHECK(!damage->message().empty() && !damage->offset());
}

void of_copies(const fs::path &scratch, const fs::path &sample, const smz::keyring &keys) {
    const auto folder = folder_of(scratch, sample,
                                  {{"z01", "z01 (1)"},
                                   {"z02", "z02"},
                                   {"z02", "z02 (1)"},
                                   {"z03", "z03"},
                                   {"zip", "zip"}});
    auto set = smz::set::discover(folder);
    CHECK(set.size() == 5 && set[0].is_stand_in() && !set[1].is_stand_in());
    CHECK(set[4].state() == SMZ_PART_DUPLICATE && set.conflicting().empty());
    CHECK(smz::archive(set, keys).verify().summary().files == 6);
    fs::copy_file(sample / name_of("z01"), folder / name_of("z03 (1)"));
    set = smz::set::discover(folder);
    const auto conflicting = set.conflicting();
    CHECK(conflicting.size() == 1 && has(conflicting, "z03 (1)"));
    CHECK(set[5].state() == SMZ_PART_CONFLICTING && set[4].state() == SMZ_PART_DUPLICATE);
    const auto refused =
        fails(SMZ_ERR_MISSING_PART, [&] { smz::archive(set, keys); }, __LINE__);
    CHECK(refused.names(SMZ_ERROR_DUPLICATES) == conflicting);
}

void of_incomplete_sets(const fs::path &scratch, const fs::path &sample,
                        const smz::keyring &keys) {
    const auto folder = folder_of(scratch, sample, {{"z01", "z01"}, {"zip", "zip"}});
    const auto set = smz::set::discover(folder);
    fails(SMZ_ERR_MISSING_PART, [&] { smz::archive(set, keys); }, __LINE__);
    smz::options options;
    options.set(SMZ_OPTION_INCOMPLETE, 1);
    const smz::archive archive(set, keys, options);
    CHECK(archive.missing().size() == 2 && has(archive.missing(), "z03"));
    CHECK(archive.parts_of_directory() == std::vector<std::string>{name_of("zip")});
    std::uint64_t unavailable = 0, files = 0;
    for (const auto &entry : archive) {
        const auto missing = archive.missing(entry);
        CHECK(archive.is_available(entry) == missing.empty());
        unavailable += missing.empty() ? 0u : 1u;
        files += missing.empty() && entry.is_file() ? 1u : 0u;
        for (const auto &part : missing) {
            const auto parts = archive.parts(entry);
            CHECK(std::find(parts.begin(), parts.end(), part) != parts.end());
        }
    }
    CHECK(unavailable > 0 && unavailable < archive.size());
    fails(SMZ_ERR_MISSING_PART, [&] { archive.extract(scratch / "had", options); }, __LINE__);
    options.set(SMZ_OPTION_AVAILABLE, 1);
    const auto report = archive.extract(scratch / "had", options);
    CHECK(report.is_partial() && report.summary().unavailable == unavailable);
    CHECK(files > 0 && report.summary().files == files);
    CHECK(report.unavailable().size() == unavailable && report.failed().empty());
    for (const auto &entry : report.unavailable()) {
        const auto parts = entry.parts();
        const std::vector<std::string> texts(parts.begin(), parts.end());
        CHECK(texts == archive.missing(archive.at(entry.name())) && !texts.empty());
    }
    fails(SMZ_ERR_NOT_FOUND, [&] { report.unavailable()[unavailable]; }, __LINE__);
    const smz::archive whole(smz::set::discover(sample), keys, options);
    CHECK(whole.missing().empty() && !whole.verify(options).is_partial());
}

void of_salvage(const fs::path &scratch, const fs::path &sample, const smz::keyring &keys) {
    const auto folder = folder_of(scratch, sample, {{"z01", "z01"}, {"z02", "z02"}, {"z03", "z03"}});
    fs::resize_file(folder / name_of("z02"), 30000);
    const auto set = smz::set::discover(folder);
    fails(SMZ_ERR_MISSING_PART, [&] { smz::archive(set, keys); }, __LINE__);
    int calls = 0;
    smz::options options;
    options.on_progress([&](const smz_progress &) {
        ++calls;
        return true;
    });
    const smz::salvage salvage(set, keys, options);
    CHECK(calls > 0 && !salvage.has_directory() && salvage.summary().missing == 1);
    CHECK(salvage.missing().size() == 1 && has(salvage.missing(), "zip"));
    CHECK(salvage.damaged().size() == 1 && salvage.ambiguous().empty());
    for (const auto &damage : salvage.damaged()) {
        CHECK(damage.status() == SMZ_ERR_CORRUPT && damage.part() == name_of("z02"));
        CHECK(!damage.message().empty());
    }
    CHECK(salvage.lost().size() == 1 && salvage.summary().lost == 1);
    for (const auto &entry : salvage.lost()) {
        CHECK(entry.name() == "attachments/2024/03/recording.raw" && !entry.message().empty());
    }
    fails(SMZ_ERR_NOT_FOUND, [&] { salvage.damaged()[1]; }, __LINE__);
    calls = 0;
    const auto report = salvage.extract(scratch / "salvaged", options);
    CHECK(calls > 0 && report.summary().files > 0 && report.failed().empty());
    CHECK(report.is_partial() == !report.unavailable().empty());
    fails(SMZ_ERR_EXISTS, [&] { salvage.extract(scratch / "salvaged"); }, __LINE__);
    CHECK(salvage.summary().uncertain == 0 && salvage.uncertain().size() == 0);

    smz::salvage whole(smz::set::discover(sample), keys);
    CHECK(whole.has_directory() && whole.missing().empty() && whole.damaged().empty());
    const smz::archive archive = whole.archive();
    const smz::salvage moved = std::move(whole);
    CHECK(!whole.get() && moved.get() && archive.verify().summary().files == 6);
    fails(SMZ_ERR_INVALID_ARGUMENT, [&] { whole.archive(); }, __LINE__);
    fails(SMZ_ERR_INVALID_ARGUMENT, [&] { whole.uncertain(); }, __LINE__);
    fails(SMZ_ERR_INVALID_ARGUMENT, [&] { whole.extract_uncertain(scratch / "no"); }, __LINE__);
    const auto entry = archive.find("entities/Customer-7f1f3a6c.json");
    CHECK(entry && archive.open(*entry).size() == entry->size());

    smz::set served;
    served.add(name_of("zip"), std::make_unique<broken>());
    bool thrown = false;
    try {
        const smz::salvage none(served, keys);
    } catch (const oops &) {
        thrown = true;
    }
    CHECK(thrown);
}

void of_uncertain_entries(const fs::path &scratch, const fs::path &sample,
                          const smz::keyring &keys) {
    const auto folder = folder_of(scratch, sample, {{"z02", "z02"}, {"z03", "z03"}});
    int calls = 0;
    smz::options options;
    options.on_progress([&](const smz_progress &) {
        ++calls;
        return true;
    });
    const auto uncertain = [&] {
        const smz::salvage salvage(smz::set::discover(folder), keys);
        CHECK(salvage.archive().size() == 0 && salvage.summary().uncertain == 6);
        CHECK(salvage.extract(scratch / "certain").summary().files == 0);
        const auto report = salvage.extract_uncertain(scratch / "apart", options);
        CHECK(calls > 0 && report.summary().files == 2 && report.is_partial());
        CHECK(report.unavailable().size() == 1 && report.failed().empty());
        CHECK(fs::exists(scratch / "apart" / "entities" / "Customer-7f1f3a6c.json"));
        fails(SMZ_ERR_EXISTS, [&] { salvage.extract_uncertain(scratch / "apart"); }, __LINE__);
        return salvage.uncertain();
    }();
    CHECK(uncertain.size() == 6);
    const auto entry = uncertain.find("entities/Customer-7f1f3a6c.json");
    CHECK(entry && uncertain.open(*entry).size() == entry->size());
}

void of_plans(const fs::path &scratch, const fs::path &sample) {
    const auto tree = scratch / "tree", outbox = scratch / "planned";
    fs::create_directories(tree / "letters");
    std::ofstream(tree / "letters" / "a.txt") << "hello";
    std::ofstream(tree / "b.tmp") << "bye";
    smz::recipients whom;
    whom.add_certificate_file(sample / "certificate.pem");
    smz::export_builder builder(whom);
    builder.set(SMZ_BUILD_OPTION_UNFIT, SMZ_UNFIT_SKIP);
    const auto plan = builder.plan_folder(tree, outbox);
    const auto summary = plan.summary();
    CHECK(summary.files == 2 && summary.folders == 1 && summary.bytes == 8);
    CHECK(summary.max_parts == 1 && summary.max_size > 8 && !fs::exists(outbox));
    CHECK(plan.entries().size() == 3 && plan.entries()[1] == "letters/");
    CHECK(plan.skipped().empty());
    fails(SMZ_ERR_NOT_FOUND, [&] { plan.entries()[3]; }, __LINE__);
    smz::options options;
    options.set(SMZ_OPTION_EXCLUDE, "*.tmp");
    CHECK(builder.plan_folder(tree, outbox, options).entries().size() == 2);
#ifndef _WIN32
    fs::create_symlink("letters", tree / "link");
    const auto unfit = builder.plan_folder(tree, outbox);
    CHECK(unfit.skipped().size() == 1 && unfit.skipped()[0].name() == "link");
#endif
    const auto paths = builder.plan_paths({tree / "letters", tree / "b.tmp"}, outbox);
    CHECK(paths.entries()[0] == "b.tmp" || paths.entries()[0] == "letters/");
    CHECK(paths.entries().size() == 3);
    fails(SMZ_ERR_INVALID_ARGUMENT, [&] { builder.plan_folder(tree, tree / "in"); }, __LINE__);
}

} // namespace

int main(int argc, char **argv) {
    CHECK(argc == 4);
    const fs::path sample = argv[1], scratch = argv[3];
    smz::keyring keys;
    keys.add_file(sample / "key.pem");
    of_states(scratch, sample, keys);
    of_copies(scratch, sample, keys);
    of_incomplete_sets(scratch, sample, keys);
    of_salvage(scratch, sample, keys);
    of_uncertain_entries(scratch, sample, keys);
    of_plans(scratch, sample);
    std::cout << checks << " checks\n";
    return 0;
}
