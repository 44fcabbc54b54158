/**
 * @file smimezip/export_builder.hpp
 * Exports made of files and folders.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_EXPORT_BUILDER_HPP
#define SMIMEZIP_EXPORT_BUILDER_HPP

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "../smimezip.h"
#include "build_plan.hpp"
#include "detail.hpp"
#include "keys.hpp"
#include "options.hpp"
#include "receipt.hpp"
#include "recipients.hpp"
#include "sealer.hpp"
#include "views.hpp"

namespace smz {

/** How exports are made: for whom, under which name, in parts of which size. */
class export_builder {
public:
    /** With the defaults and a random name: `export-` and a UUID. */
    explicit export_builder(const recipients &whom) {
        smz_export_builder *out = nullptr;
        detail::call(
            [&](smz_error **e) { return smz_export_builder_new(whom.live(), &out, e); });
        handle_.reset(out);
    }
    /** Names the next exports: STEM.z01.smime ... STEM.zip.smime. */
    export_builder &name(std::string_view stem) {
        const std::string text = detail::text(stem);
        detail::call([&](smz_error **e) {
            return smz_export_builder_set_name(live(), text.c_str(), e);
        });
        return *this;
    }
    /** What the names of the next export's parts begin with. */
    std::string name() const { return smz_export_builder_name(live()); }
    /** Sets SMZ_BUILD_OPTION_... */
    export_builder &set(smz_build_option option, std::uint64_t value) {
        detail::call(
            [&](smz_error **e) { return smz_export_builder_set_u64(live(), option, value, e); });
        return *this;
    }
    /** Says how each part is sealed. */
    export_builder &seal_with(const seal_options &with) {
        detail::call([&](smz_error **e) {
            return smz_export_builder_set_seal_options(live(), with.live(), e);
        });
        return *this;
    }
    /** Makes an export of all that is in a folder. All its parts are in the outbox afterwards, each
     * of them verified, or none. Of the options count SMZ_OPTION_THREADS, SMZ_OPTION_DURABLE,
     * SMZ_OPTION_EXCLUDE, progress, cancel. */
    receipt build_folder(const std::filesystem::path &tree, const std::filesystem::path &outbox,
                         const options &with = options()) const {
        const std::string from = detail::path_text(tree);
        return built(outbox, with, [&](const char *to, smz_receipt **out, smz_error **e) {
            return smz_export_builder_build_folder(live(), from.c_str(), to, with.live(), out, e);
        });
    }
    /** As build_folder(), of several files and folders, each of which goes into the archive under
     * the last component of its path. */
    receipt build_paths(const std::vector<std::filesystem::path> &paths,
                        const std::filesystem::path &outbox,
                        const options &with = options()) const {
        const path_list from(paths);
        return built(outbox, with, [&](const char *to, smz_receipt **out, smz_error **e) {
            return smz_export_builder_build_paths(live(), from.data(), from.size(), to,
                                                  with.live(), out, e);
        });
    }
    /** What build_folder() would make: everything that can be seen without opening a file is, and
     * nothing is written. Of the options count SMZ_OPTION_EXCLUDE, progress, cancel. */
    build_plan plan_folder(const std::filesystem::path &tree, const std::filesystem::path &outbox,
                           const options &with = options()) const {
        const std::string from = detail::path_text(tree);
        return planned(outbox, with, [&](const char *to, smz_build_plan **out, smz_error **e) {
            return smz_export_builder_plan_folder(live(), from.c_str(), to, with.live(), out, e);
        });
    }
    /** As plan_folder(), for build_paths(). */
    build_plan plan_paths(const std::vector<std::filesystem::path> &paths,
                          const std::filesystem::path &outbox,
                          const options &with = options()) const {
        const path_list from(paths);
        return planned(outbox, with, [&](const char *to, smz_build_plan **out, smz_error **e) {
            return smz_export_builder_plan_paths(live(), from.data(), from.size(), to,
                                                 with.live(), out, e);
        });
    }
    /** NULL if it was moved from. */
    smz_export_builder *get() const noexcept { return handle_.get(); }
    /** As get(), but an error if it was moved from. */
    smz_export_builder *live() const { return detail::live(handle_, "smz::export_builder"); }

private:
    /** Paths as smimezip.h takes them. */
    class path_list {
    public:
        explicit path_list(const std::vector<std::filesystem::path> &paths) {
            texts_.reserve(paths.size());
            for (const auto &path : paths) {
                pointers_.push_back(texts_.emplace_back(detail::path_text(path)).c_str());
            }
        }
        const char *const *data() const noexcept { return pointers_.data(); }
        std::size_t size() const noexcept { return pointers_.size(); }

    private:
        std::vector<std::string> texts_;
        std::vector<const char *> pointers_;
    };

    template <class F>
    static build_plan planned(const std::filesystem::path &outbox, const options &with,
                              F &&function) {
        const std::string to = detail::path_text(outbox);
        smz_build_plan *out = nullptr;
        detail::call_with(with, [&](smz_error **e) { return function(to.c_str(), &out, e); });
        return build_plan(out);
    }

    template <class F>
    static receipt built(const std::filesystem::path &outbox, const options &with, F &&function) {
        const std::string to = detail::path_text(outbox);
        smz_receipt *out = nullptr;
        detail::call_with(with, [&](smz_error **e) { return function(to.c_str(), &out, e); });
        return receipt(out);
    }

    detail::handle<smz_export_builder, smz_export_builder_free> handle_;
};

} // namespace smz

#endif /* SMIMEZIP_EXPORT_BUILDER_HPP */
