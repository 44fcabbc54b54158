<?php
// PHP's ZipArchive writes the tree in its modes. Arguments: TREE OUT.
[, $root, $out] = $argv;
chdir($root);
$tree = [];
$walk = new RecursiveIteratorIterator(
    new RecursiveDirectoryIterator('.', FilesystemIterator::SKIP_DOTS),
    RecursiveIteratorIterator::SELF_FIRST,
);
foreach ($walk as $path => $info) {
    $name = substr($path, 2);
    $tree[$info->isDir() ? "$name/" : $name] = $info->isDir() ? null : file_get_contents($path);
}
ksort($tree);
function line(...$fields) { echo implode("\t", $fields), "\n"; }

foreach (['from strings', 'from files', 'stored'] as $mode) {
    $file = 'php-' . str_replace(' ', '-', $mode) . '.zip';
    $zip = new ZipArchive();
    $zip->open("$out/$file", ZipArchive::CREATE | ZipArchive::EXCL) === true or exit(1);
    foreach ($tree as $name => $data) {
        if ($data === null) { $zip->addEmptyDir($name); continue; }
        if ($mode === 'from files') { $zip->addFile($name); }
        else { $zip->addFromString($name, $data); }
        if ($mode === 'stored') {
            $zip->setCompressionName($name, ZipArchive::CM_STORE);
            $zip->setCommentName($name, 'größer');
            $zip->setExternalAttributesName($name, ZipArchive::OPSYS_UNIX, 0100640 << 16);
        }
    }
    if ($mode === 'stored') { $zip->setArchiveComment('a comment'); }
    $zip->close() or exit(1);
    $version = phpversion('zip') . ' with libzip ' . ZipArchive::LIBZIP_VERSION;
    line($file, 'PHP, ZipArchive', $version, $mode, 'whole');
}
// Opened again: one entry removed, one replaced.
copy("$out/php-from-files.zip", "$out/php-changed.zip");
$zip = new ZipArchive();
$zip->open("$out/php-changed.zip") === true or exit(1);
$zip->deleteName('empty folder/');
$zip->addFromString('noise.raw', $tree['noise.raw'], ZipArchive::FL_OVERWRITE);
$zip->close() or exit(1);
line('php-changed.zip', 'PHP, ZipArchive', $version, 'changed', 'no-empty-folder');
