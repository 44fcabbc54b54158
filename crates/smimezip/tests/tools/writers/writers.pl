# Perl's Archive::Zip and IO::Compress::Zip write the tree in their modes. Arguments: TREE OUT.
use strict;
use warnings;
use Archive::Zip qw(:CONSTANTS :ERROR_CODES);
use File::Find;
use IO::Compress::Zip qw(:all);

my ($root, $out) = @ARGV;
my $time = 1773489600;
my %tree;    # content by name, as bytes; none for a folder, which ends in a slash
find({ no_chdir => 1, wanted => sub {
    return if $_ eq $root;
    my $name = substr($_, length($root) + 1);
    if (-d $_) { $tree{"$name/"} = undef; return; }
    open(my $file, '<:raw', $_) or die "$_: $!";
    local $/;
    $tree{$name} = <$file> // '';
} }, $root);

sub list { print join("\t", @_), "\n"; }

for my $mode ('deflated', 'stored', 'to a pipe', 'zip64', 'folder') {
    (my $file = "perl-archive-zip-$mode.zip") =~ tr/ /-/;
    my $zip = Archive::Zip->new();
    if ($mode eq 'folder') {
        $zip->addTree($root, '');
    } else {
        $zip->desiredZip64Mode(ZIP64_EOCD) if $mode eq 'zip64';
        $zip->zipfileComment('a comment') if $mode eq 'stored';
        for my $name (sort keys %tree) {
            my $is_file = defined $tree{$name};
            my $member = $is_file ? $zip->addString($tree{$name}, $name) : $zip->addDirectory($name);
            my $is_stored = $mode eq 'stored' || !$is_file;
            $member->desiredCompressionMethod($is_stored ? COMPRESSION_STORED : COMPRESSION_DEFLATED);
            $member->setLastModFileDateTimeFromUnix($time);
            $member->unixFileAttributes($is_file ? 0640 : 0755);
            $member->desiredZip64Mode(ZIP64_HEADERS) if $mode eq 'zip64';
        }
    }
    if ($mode eq 'to a pipe') {
        open(my $pipe, '|-', "cat >'$out/$file'") or die $!;
        $zip->writeToFileHandle($pipe, 0) == AZ_OK or die;
        close $pipe;
    } else {
        $zip->writeToFileNamed("$out/$file") == AZ_OK or die;
    }
    list($file, 'Perl, Archive::Zip', $Archive::Zip::VERSION, $mode, 'whole');
}
my @modes = ('deflated', 'stored', 'stream', 'stream, stored', 'zip64', 'zip64, stream', 'minimal');
for my $mode (@modes) {
    (my $file = "perl-io-compress-$mode.zip") =~ s/[ ,]+/-/g;
    my @names = sort keys %tree;
    my $zip;
    for my $name (@names) {
        my $is_file = defined $tree{$name};
        my @options = (
            Name => $name,
            Time => $time,
            Method => $mode =~ /stored/ || !$is_file ? ZIP_CM_STORE : ZIP_CM_DEFLATE,
            Stream => $mode =~ /stream/ ? 1 : 0,
            Zip64 => $mode =~ /zip64/ ? 1 : 0,
            Minimal => $mode eq 'minimal' ? 1 : 0,
            ExtAttr => ($is_file ? 0100640 : 040755) << 16,
        );
        push @options, ZipComment => 'a comment', Comment => 'of it', TextFlag => 1,
            exUnix2 => [1000, 1000] if $mode eq 'stored';
        if ($zip) { $zip->newStream(@options); }
        else { $zip = IO::Compress::Zip->new("$out/$file", @options) or die $ZipError; }
        $zip->print($tree{$name} // '');
    }
    $zip->close();
    list($file, 'Perl, IO::Compress::Zip', $IO::Compress::Zip::VERSION, $mode, 'whole');
}
