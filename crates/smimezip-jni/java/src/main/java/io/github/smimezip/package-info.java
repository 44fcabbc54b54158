/**
 * Opens S/MIME encrypted, split zip exports ({@code export-….z01.smime … .zip.smime}), and CMS
 * enveloped-data messages (RFC 5652, RFC 8551) of any size, in constant memory.
 *
 * <pre>{@code
 * try (Keyring keys = new Keyring().addFile(Path.of("key.pem"));
 *      ExportSet set = ExportSet.discover(Path.of("export-2b710a2c.z12.smime"));
 *      ExportArchive archive = set.open(keys)) {
 *     archive.extractTo(Path.of("out"), new ExtractOptions());
 * }
 * }</pre>
 *
 * <p>CBC ciphers, which exports have, authenticate nothing: whoever could change a message could change its
 * content. {@link io.github.smimezip.Integrity} says what is known of each.
 *
 * <p>Every class may be used by several threads at the same time, but for streams and channels. Closing
 * something while a call uses it lets that call end; later ones throw.
 */
package io.github.smimezip;
