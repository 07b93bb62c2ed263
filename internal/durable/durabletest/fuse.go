package durabletest

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// folder is the one folder of a disk.
type folder struct {
	fs.Inode
	disk *medium
}

var (
	_ fs.NodeLookuper  = (*folder)(nil)
	_ fs.NodeCreater   = (*folder)(nil)
	_ fs.NodeUnlinker  = (*folder)(nil)
	_ fs.NodeRenamer   = (*folder)(nil)
	_ fs.NodeReaddirer = (*folder)(nil)
	_ fs.NodeFsyncer   = (*folder)(nil)
)

// Lookup finds a file.
func (n *folder) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	f, there := n.disk.now[name]
	if !there {
		return nil, syscall.ENOENT
	}
	return n.node(ctx, name, f, &out.Attr), fs.OK
}

// node gives the inode of a file; it runs with the disk's mu held.
func (n *folder) node(ctx context.Context, name string, f *file, out *fuse.Attr) *fs.Inode {
	f.attributes(out)
	return n.NewInode(ctx, &node{disk: n.disk, name: name, file: f}, fs.StableAttr{Mode: syscall.S_IFREG, Ino: f.ino})
}

// Create makes a file, or finds it.
func (n *folder) Create(ctx context.Context, name string, _, _ uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if errno := n.disk.change(name); errno != fs.OK {
		return nil, nil, 0, errno
	}
	f, there := n.disk.now[name]
	if !there {
		n.disk.nextIno++
		f = &file{ino: n.disk.nextIno + 1} // 1 is the folder
		n.disk.now[name] = f
	}
	return n.node(ctx, name, f, &out.Attr), nil, 0, fs.OK
}

// Unlink takes a name away.
func (n *folder) Unlink(_ context.Context, name string) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if errno := n.disk.change(name); errno != fs.OK {
		return errno
	}
	delete(n.disk.now, name)
	return fs.OK
}

// Rename gives a file another name.
func (n *folder) Rename(_ context.Context, name string, _ fs.InodeEmbedder, to string, _ uint32) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if errno := n.disk.change(name); errno != fs.OK {
		return errno
	}
	n.disk.now[to] = n.disk.now[name]
	delete(n.disk.now, name)
	return fs.OK
}

// Readdir lists the names.
func (n *folder) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	var list []fuse.DirEntry
	for _, name := range names(n.disk.now) {
		list = append(list, fuse.DirEntry{Name: name, Mode: syscall.S_IFREG, Ino: n.disk.now[name].ino})
	}
	return fs.NewListDirStream(list), fs.OK
}

// Fsync syncs the names.
func (n *folder) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if errno := n.disk.change("."); errno != fs.OK {
		return errno
	}
	n.disk.synced = map[string]*file{}
	for name, f := range n.disk.now {
		n.disk.synced[name] = f
	}
	return fs.OK
}

// node is a file as the kernel sees it.
type node struct {
	fs.Inode
	disk *medium
	name string // that it was made or first found under
	file *file
}

var (
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.NodeGetattrer = (*node)(nil)
	_ fs.NodeSetattrer = (*node)(nil)
	_ fs.NodeReader    = (*node)(nil)
	_ fs.NodeWriter    = (*node)(nil)
	_ fs.NodeFsyncer   = (*node)(nil)
)

func (f *file) attributes(out *fuse.Attr) {
	out.Mode, out.Size, out.Blocks, out.Ino, out.Nlink = syscall.S_IFREG|0o600, uint64(len(f.now)), uint64(len(f.now)+sector-1)/sector, f.ino, 1
}

// Open keeps what the kernel has read before.
func (n *node) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_KEEP_CACHE, fs.OK
}

// Getattr tells the size.
func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	n.file.attributes(&out.Attr)
	return fs.OK
}

// Setattr changes the size; owner, rights and times are not kept.
func (n *node) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if size, is := in.GetSize(); is {
		if errno := n.disk.change(n.name); errno != fs.OK {
			return errno
		}
		n.file.change(write{at: int(size)})
	}
	n.file.attributes(&out.Attr)
	return fs.OK
}

// Read never fails: a page of shared memory that cannot be read kills the process.
func (n *node) Read(_ context.Context, _ fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	from := min(int(off), len(n.file.now))
	return fuse.ReadResultData(append([]byte(nil), n.file.now[from:min(from+len(dest), len(n.file.now))]...)), fs.OK
}

// Write writes, to where a power cut takes it away again.
func (n *node) Write(_ context.Context, _ fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if errno := n.disk.change(n.name); errno != fs.OK {
		return 0, errno
	}
	n.file.change(write{int(off), append([]byte{}, data...)})
	return uint32(len(data)), fs.OK
}

// Fsync makes what was written stay.
func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if errno := n.disk.change(n.name); errno != fs.OK {
		return errno
	}
	n.file.sync()
	return fs.OK
}
