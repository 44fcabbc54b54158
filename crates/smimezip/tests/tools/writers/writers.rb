# rubyzip and archive-zip write the tree in their modes. Arguments: TREE OUT VERSION-OF-EACH.
require 'zip'
require 'archive/zip'

root, out, rubyzip, archive_zip = ARGV
names = Dir.glob('**/*', File::FNM_DOTMATCH, base: root).reject { |it| File.basename(it) == '.' }
tree = names.sort.to_h do |name|
  path = File.join(root, name)
  File.directory?(path) ? ["#{name}/", nil] : [name, File.binread(path)]
end
def list(*fields) = puts(fields.join("\t"))
Zip.unicode_names = true

['file', 'stream', 'stream, stored', 'zip64'].each do |mode|
  file = File.join(out, "ruby-#{mode.gsub(/[ ,]+/, '-')}.zip")
  Zip.write_zip64_support = mode == 'zip64'
  if mode == 'file' || mode == 'zip64'
    Zip::File.open(file, Zip::File::CREATE) do |zip|
      zip.comment = 'a comment'
      tree.each do |name, data|
        data ? zip.add(name, File.join(root, name)) : zip.mkdir(name.chomp('/'))
      end
    end
  else
    buffer = Zip::OutputStream.write_buffer do |zip|
      tree.each do |name, data|
        stored = mode.end_with?('stored') || !data
        zip.put_next_entry(name, nil, nil, stored ? Zip::Entry::STORED : Zip::Entry::DEFLATED)
        zip.write(data) if data
      end
    end
    File.binwrite(file, buffer.string)
  end
  list(File.basename(file), 'rubyzip', rubyzip, mode, 'whole')
end
file = File.join(out, 'ruby-archive-zip.zip')
Archive::Zip.archive(file, File.join(root, '.'), path_prefix: '')
list(File.basename(file), 'archive-zip', archive_zip, 'archive', 'whole')
