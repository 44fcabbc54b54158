//! The tree that an archive's entries make: what every path is called that will be created, and
//! that no two of them are one on any platform. Costs grow with the bytes of all names, however
//! they are chosen.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::encode::{self, Numbered};
use crate::zip::path::folded;

/// A file or a folder of the tree.
pub(super) type NodeId = usize;

/// What paths lead to.
pub(super) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    /// Nodes by their folder and what their names have in common with all that collide with them.
    taken: HashMap<(NodeId, Cow<'a, str>), NodeId>,
    /// Folders that wait for another name, by their folder and the name in the archive.
    aside: HashMap<(NodeId, &'a str), NodeId>,
    /// Nodes whose name was taken before, in their order.
    waiting: Vec<NodeId>,
    /// The folder that was looked up last, as the next path is often in the same.
    last: (NodeId, &'a str, NodeId),
}

struct Node<'a> {
    folder: NodeId,
    /// The name in the archive.
    raw: &'a str,
    /// Another one that it was given.
    name: Option<Box<str>>,
    is_folder: bool,
    /// Whether an entry stands for it, not only for something in it.
    has_entry: bool,
}

/// What became of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Added {
    /// It has a node of its own.
    New(NodeId),
    /// It is a folder that an entry named before.
    Again(NodeId),
    /// Its name, or that of a folder on its way, is that of this node.
    Taken(NodeId),
}

/// Everything is in it.
pub(super) const ROOT: NodeId = 0;

impl<'a> Tree<'a> {
    /// A tree of about so many paths.
    pub(super) fn new(capacity: usize) -> Self {
        let root = Node { folder: ROOT, raw: "", name: None, is_folder: true, has_entry: false };
        Self {
            nodes: vec![root],
            taken: HashMap::with_capacity(capacity),
            aside: HashMap::new(),
            waiting: Vec::new(),
            last: (ROOT, "", ROOT),
        }
    }

    /// Adds a path below `top` under the names it has. If one of them is taken, nothing is added.
    pub(super) fn add(&mut self, top: NodeId, path: &'a str, is_folder: bool) -> Added {
        let (folder, name) = match path.rsplit_once('/') {
            Some((way, name)) => match self.way(top, way) {
                Ok(folder) => (folder, name),
                Err(taken) => return Added::Taken(taken),
            },
            None => (top, path),
        };
        match self.find(folder, name) {
            None => Added::New(self.insert(folder, name, is_folder, true)),
            Some(there) if is_folder && self.is_folder(there, name) => self.meet(there, true),
            Some(there) => Added::Taken(there),
        }
    }

    /// Adds a path under names that are safe. Those that are taken wait for
    /// [`give_numbers`](Self::give_numbers).
    pub(super) fn add_encoded(&mut self, path: &'a str, is_folder: bool) -> Added {
        let mut folder = ROOT;
        let mut components = encode::components(path).peekable();
        while let Some(raw) = components.next() {
            if components.peek().is_none() {
                return self.add_component(folder, raw, is_folder, true);
            }
            let (Added::New(node) | Added::Again(node) | Added::Taken(node)) =
                self.add_component(folder, raw, true, false);
            folder = node;
        }
        Added::Again(ROOT)
    }

    fn add_component(
        &mut self,
        folder: NodeId,
        raw: &'a str,
        is_folder: bool,
        has_entry: bool,
    ) -> Added {
        let name = encode::component(raw);
        let key = (folder, folded_cow(&name));
        let there = self.taken.get(&key).copied();
        if is_folder {
            let same = there.filter(|there| self.is_folder(*there, raw));
            if let Some(node) = same.or_else(|| self.aside.get(&(folder, raw)).copied()) {
                return self.meet(node, has_entry);
            }
        }
        let name = (*name != *raw).then(|| name.into_owned().into());
        let node = self.push(Node { folder, raw, name, is_folder, has_entry });
        if there.is_none() {
            self.taken.insert(key, node);
        } else {
            self.waiting.push(node);
            if is_folder {
                self.aside.insert((folder, raw), node);
            }
        }
        Added::New(node)
    }

    /// Gives each path whose name was taken the first number that is free, also beside all that
    /// came after it.
    pub(super) fn give_numbers(&mut self) {
        let digits = self.nodes.len().to_string().len();
        let mut next: HashMap<(NodeId, String), u64> = HashMap::new();
        for id in std::mem::take(&mut self.waiting) {
            let Some(node) = self.nodes.get_mut(id) else { continue };
            let name = node.name.as_deref().unwrap_or(node.raw);
            let numbered = Numbered::new(name, digits);
            let common = folded(&numbered.common()).into_owned();
            // Where one search for a free number ends, the next one for the same name begins.
            let number = next.entry((node.folder, common)).or_insert(2);
            node.name = loop {
                let name = numbered.with(*number);
                *number = number.saturating_add(1);
                let key = (node.folder, Cow::Owned(folded(&name).into_owned()));
                if let Entry::Vacant(free) = self.taken.entry(key) {
                    free.insert(id);
                    break Some(name.into());
                }
            };
        }
    }

    /// The folder at `way` below `top`, which is made of its names; the node that is in the way.
    pub(super) fn way(&mut self, top: NodeId, way: &'a str) -> Result<NodeId, NodeId> {
        if (self.last.0, self.last.1) == (top, way) {
            return Ok(self.last.2);
        }
        let mut folder = top;
        for name in way.split('/') {
            folder = match self.find(folder, name) {
                None => self.insert(folder, name, true, false),
                Some(there) if self.is_folder(there, name) => there,
                Some(there) => return Err(there),
            };
        }
        self.last = (top, way, folder);
        Ok(folder)
    }

    /// The folder `name` in `folder`, where letter case and normalisation do count; the file that
    /// is there.
    pub(super) fn step(&mut self, folder: NodeId, name: &'a str) -> Result<NodeId, NodeId> {
        match self.taken.get(&(folder, Cow::Borrowed(name))).copied() {
            Some(there) if self.is_folder(there, name) => Ok(there),
            Some(there) => Err(there),
            None => {
                let node =
                    Node { folder, raw: name, name: None, is_folder: true, has_entry: false };
                let node = self.push(node);
                self.taken.insert((folder, Cow::Borrowed(name)), node);
                Ok(node)
            }
        }
    }

    fn find(&self, folder: NodeId, name: &'a str) -> Option<NodeId> {
        self.taken.get(&(folder, folded(name))).copied()
    }

    fn insert(&mut self, folder: NodeId, raw: &'a str, is_folder: bool, has_entry: bool) -> NodeId {
        let node = self.push(Node { folder, raw, name: None, is_folder, has_entry });
        self.taken.insert((folder, folded(raw)), node);
        node
    }

    /// Comes upon a folder again, for an entry of its own or on the way to another.
    fn meet(&mut self, id: NodeId, has_entry: bool) -> Added {
        match self.nodes.get_mut(id) {
            Some(node) if has_entry && !node.has_entry => {
                node.has_entry = true;
                Added::New(id)
            }
            _ => Added::Again(id),
        }
    }

    fn is_folder(&self, id: NodeId, raw: &str) -> bool {
        self.nodes.get(id).is_some_and(|node| node.is_folder && node.raw == raw)
    }

    fn push(&mut self, node: Node<'a>) -> NodeId {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Whether a node is a file that has exactly this path below `top` in the archive.
    pub(super) fn is_file(&self, id: NodeId, top: NodeId, path: &str) -> bool {
        self.nodes.get(id).is_some_and(|node| !node.is_folder)
            && self.raw_path_below(top, id) == path
    }

    /// Where a node will be.
    pub(super) fn path(&self, id: NodeId) -> String {
        self.join(ROOT, id, |node| node.name.as_deref().unwrap_or(node.raw))
    }

    /// What it is called in the archive.
    pub(super) fn raw_path(&self, id: NodeId) -> String {
        self.raw_path_below(ROOT, id)
    }

    /// The same, from the folder `top` on.
    pub(super) fn raw_path_below(&self, top: NodeId, id: NodeId) -> String {
        self.join(top, id, |node| node.raw)
    }

    fn join<'n>(
        &'n self,
        top: NodeId,
        mut id: NodeId,
        name: impl Fn(&'n Node<'a>) -> &'n str,
    ) -> String {
        let mut names = Vec::new();
        // A node's folder is always older than the node.
        while let Some(node) = self.nodes.get(id).filter(|_| id != top && id != ROOT) {
            names.push(name(node));
            id = node.folder;
        }
        names.reverse();
        names.join("/")
    }
}

/// [`folded`] of a name that is borrowed for long, or not.
fn folded_cow<'a>(name: &Cow<'a, str>) -> Cow<'a, str> {
    match name {
        Cow::Borrowed(name) => folded(name),
        Cow::Owned(name) => folded(name).into_owned().into(),
    }
}
